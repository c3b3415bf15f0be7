import { InvalidArgumentError, Option } from 'commander';
import { InputError } from '../base/errors.ts';
import type { LiveBroker, LiveLab } from '../deployment/live-lab.ts';
import type { LiveListener } from '../deployment/live-listener.ts';
import { bestFor } from '../deployment/locate.ts';
import { bestListener } from '../lab-file/listeners.ts';

/** `--listener` of the commands whose clients can use another listener than the best one. */
export function listenerOption(): Option {
  const text = 'port of the listener to use (default: the best one: TLS before plain)';
  return new Option('--listener <port>', text).argParser(portNumber);
}

/** The listener with this port. Throws an InputError where this machine reaches none. */
export function listenersAt({ listeners }: Pick<LiveBroker, 'listeners'>, wanted: number): LiveListener[] {
  const found = listeners.filter(({ port }) => port === wanted);
  if (found.length > 0) return found;
  const ports = listeners.map(({ port }) => port).join(', ');
  throw new InputError([
    `--listener ${wanted}: this machine reaches no such listener of the lab file; it reaches ${ports}`,
  ]);
}

/** The same lab, whose clients use this listener where they can. Throws an InputError where no user can log in there. */
export function atListener({ lab, broker, pis }: LiveLab, wanted: number): LiveLab {
  const found = listenersAt(broker, wanted);
  if (!lab.users.some((user) => bestListener(found, user) !== undefined)) throw nobody(wanted, found);
  const chosen = (listeners: readonly LiveListener[]) =>
    listeners.map((one) => (one.port === wanted ? ({ ...one, isChosen: true } as const) : one));
  const here = chosen(broker.listeners);
  return {
    lab,
    broker: { ...broker, ...bestFor(lab, here), listeners: here, onHost: chosen(broker.onHost) },
    pis: pis.map((pi) => {
      const listeners = chosen(pi.broker.listeners);
      return { ...pi, broker: { ...bestFor(lab, listeners), listeners } };
    }),
  };
}

/** Whose clients use their best listener although another one is chosen, and why, a line each. */
export function exceptionsTo({ lab: { users }, broker, pis }: LiveLab, wanted: number): string[] {
  const found = listenersAt(broker, wanted);
  const outside = users.filter((user) => bestListener(found, user) === undefined).map(({ name }) => name);
  const away = pis.filter((pi) => pi.broker.listeners.every(({ port }) => port !== wanted)).map(({ name }) => name);
  const line = (clients: string, why: string) =>
    `--listener ${wanted}: clients ${clients} use their best listener, ${why}`;
  return [
    ...(outside.length === 0 ? [] : [line(`of ${outside.join(', ')}`, 'because these users cannot log in there')]),
    ...(away.length === 0 ? [] : [line(`on ${away.join(', ')}`, 'because they do not reach it')]),
  ];
}

function nobody(wanted: number, listeners: readonly LiveListener[]): InputError {
  const needs = listeners.some(({ tls }) => tls?.clients === 'required') ? 'a client certificate' : 'a password';
  return new InputError([`--listener ${wanted}: no user of the lab file can log in there: none has ${needs}`]);
}

/** Argument of an option that takes a port. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw new InvalidArgumentError('it must be a whole number from 1 to 65535');
}
