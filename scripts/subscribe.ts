import { isUtf8 } from 'node:buffer';
import process from 'node:process';
import { InvalidArgumentError } from 'commander';
import { deferred } from '../base/deferred.ts';
import { InputError } from '../base/errors.ts';
import { printable } from '../base/paint.ts';
import { covers, filterMistake, overlap, topicMistake, withoutShare } from '../base/topic.ts';
import type { Lab } from '../lab-file/lab.ts';
import { filterFor, may } from '../lab-file/may.ts';
import { type ClientEvents, openClient } from '../probes/mqtt/client.ts';
import { quota } from '../probes/mqtt/quota.ts';
import type { LabCommand } from './command.ts';
import { clientSettings, endpointOf, type MqttOptions, mqttCommand, printEvents } from './mqtt-options.ts';

type Options = MqttOptions & { count?: number };

/** `./lab subscribe`: the checkpoint's subscriber. */
export function subscribe(): LabCommand {
  const command = mqttCommand(
    'subscribe',
    'Subscribe as a user of the lab file, and print one message per line, until Ctrl-C.',
  )
    .argument('<topic...>', 'topics or filters to subscribe to')
    .option('--count <messages>', 'end after this many messages', atLeastOne);
  return {
    command,
    async run(context) {
      const filters = command.args;
      const [first = ''] = filters;
      const options = command.opts<Options>();
      const lab = context.lab();
      const mistakes = filters.flatMap((filter) => {
        const mistake = filterMistake(filter);
        return mistake === undefined ? [] : [`topic ${filter || "''"} ${mistake}`];
      });
      if (mistakes.length > 0) throw new InputError(mistakes);
      const settings = clientSettings(lab, 'subscribe', first, options);
      const denied = filters.filter((one) => !readsAny(lab, settings.user, one, settings.clientId));
      for (const filter of denied) {
        console.error(
          `the lab file does not let ${settings.user} subscribe to ${filter}: Mosquitto grants the subscription and delivers nothing`,
        );
      }
      const done = deferred<void>();
      context.signal.addEventListener('abort', () => done.resolve(), { once: true });
      // the reader of standard output is gone
      process.stdout.once('error', () => done.resolve());
      const { count } = options;
      let left = count;
      const events: ClientEvents = {
        ...printEvents(options),
        onMessage(topic, payload) {
          show(filters.length > 1 || first !== topic ? `${topic} ` : '', payload);
          if (left !== undefined) left -= 1;
          if (left === 0) done.resolve();
        },
        // the queue of a persistent session keeps what is not printed
        ...(count === undefined ? {} : { admits: quota(count) }),
      };
      const broker = await context.broker();
      const brokerKind = broker.host === undefined ? 'external' : 'lab';
      const endpoint = endpointOf({ lab, broker }, settings.user, options);
      const connection = { ...settings, ...endpoint, brokerKind, isAllowed: denied.length === 0 } as const;
      await using client = await openClient(connection, events, context.signal);
      await Promise.race([client.subscribe(filters, options.qos), done.promise]);
      await Promise.race([done.promise, client.failed]);
      return 0;
    },
  };
}

/** Whether the filter covers a topic that the lab file lets the user subscribe to. */
export function readsAny(lab: Lab, user: string, filter: string, clientId?: string): boolean {
  const own = withoutShare(filter);
  if (topicMistake(own) === undefined) return may(lab, user, 'subscribe', own, clientId);
  return lab.rules.some((rule) => {
    const given = filterFor(rule.filter, { user, clientId: clientId || '+' });
    if (!rule.subscribe.includes(user) || given === undefined || !overlap(own, given)) return false;
    const denied = lab.rules.flatMap(({ filter, deny }) =>
      deny.includes(user) ? (filterFor(filter, { user }) ?? []) : [],
    );
    return !denied.some((filter) => covers(filter, given) || covers(filter, own));
  });
}

/** Writes the bytes unchanged to a file or a pipe, and nothing that controls a terminal to a terminal. */
function show(prefix: string, payload: Buffer): void {
  if (!process.stdout.isTTY) {
    process.stdout.write(Buffer.concat([Buffer.from(prefix), payload, Buffer.from('\n')]));
    return;
  }
  const text = isUtf8(payload) ? payload.toString() : `0x${payload.toString('hex')}`;
  process.stdout.write(`${printable(`${prefix}${text}`)}\n`);
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('it must be a whole number, at least 1');
}
