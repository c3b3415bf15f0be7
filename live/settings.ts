import { LabError } from '../base/errors.ts';
import { filterMistake, topicMistake } from '../base/topic.ts';
import { endpointAt, hostEndpointAt, programEndpointHere } from '../deployment/endpoints.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import type { LiveListener } from '../deployment/live-listener.ts';
import type { User } from '../lab-file/lab.ts';
import type { Endpoint } from '../probes/mqtt/endpoint.ts';
import type { HostEndpoint } from '../probes/mqtt/host-endpoint.ts';
import { HERE, type Settings, type Setup, type Side } from './protocol.ts';

/**
 * What the settings of a client mean on this lab. `here`: mqtt.js on this machine; `host`: all else, whose connection is on
 * the host of its place.
 */
export type Target = { readonly user: User } & (
  | { readonly where: 'here'; readonly endpoint: Endpoint }
  | { readonly where: 'host'; readonly endpoint: HostEndpoint }
);

/** The user and listener of a client. Throws a LabError with every mistake in the settings. */
export function targetOf(live: LiveLab, setup: Setup, side: Side, settings: Settings): Target {
  const { lab, broker } = live;
  const user = lab.users.find(({ name }) => name === settings.user);
  const place = setup.places.find(({ name }) => name === settings.place);
  const pi = live.pis.find(({ name }) => name === settings.place);
  const listener = listenerAt(settings, settings.place === HERE ? broker : pi?.broker);
  const isWebSocket = listenerAt(settings, broker)?.protocol === 'websockets';
  const mistakes = [
    ...(user === undefined ? [`the lab file has no user ${settings.user}`] : []),
    ...(place === undefined ? [`the lab has no Pi ${settings.place}`] : []),
    ...(isWebSocket && !isHere(settings)
      ? ['over WebSockets only mqtt.js on this machine connects; choose it, or another listener']
      : listenerMistakes(setup, settings, listener)),
    ...messageMistakes(settings),
    ...keepAliveMistakes(setup, settings),
  ];
  if (user === undefined || listener === undefined || mistakes.length > 0)
    throw refusal(`connect the ${side}`, mistakes.join('; '));
  if (isHere(settings)) return { user, where: 'here', endpoint: endpointAt(lab, broker.credentials, listener, user) };
  const endpoint =
    pi === undefined
      ? programEndpointHere(lab, broker.credentials, listener, user)
      : hostEndpointAt(listener, user.name);
  return { user, where: 'host', endpoint };
}

function isHere({ place, program }: Settings): boolean {
  return place === HERE && program === 'mqtt.js';
}

function listenerAt(
  { listener }: Pick<Settings, 'listener'>,
  broker: { readonly listeners: readonly LiveListener[] } | undefined,
): LiveListener | undefined {
  return broker?.listeners.find(({ port }) => port === listener);
}

function listenerMistakes(setup: Setup, { place, listener: port, user }: Settings, found: LiveListener | undefined) {
  if (found === undefined) return [`no listener at port ${port} is reached from ${place || 'this machine'}`];
  const offered = setup.listeners.find((listener) => listener.port === port);
  return offered === undefined || offered.users.includes(user) ? [] : [`${user} may not log in at port ${port}`];
}

function messageMistakes({ will, subscription }: Settings): string[] {
  const wrongWill = will === undefined ? undefined : topicMistake(will.topic);
  const wrongFilter = subscription === undefined ? undefined : filterMistake(subscription.filter);
  return [
    ...(wrongWill === undefined ? [] : [`the topic of the last will ${wrongWill}`]),
    ...(wrongFilter === undefined ? [] : [`the filter ${wrongFilter}`]),
  ];
}

/** The mosquitto clients refuse less than 5 s (mosquitto_sub(1), -k). */
function keepAliveMistakes({ longestKeepAlive: longest }: Setup, { keepAlive, program }: Settings): string[] {
  if (longest !== undefined && (keepAlive > longest || keepAlive === 0))
    return [`keep alive ${keepAlive} s: it must be 1 to ${longest}, which is broker.maxKeepAlive in the lab file`];
  return program === 'mosquitto' && keepAlive < 5 ? ['the mosquitto clients refuse a keep alive below 5 s'] : [];
}

/** A command of the page that does not fit the lab or the moment. */
export function refusal(step: string, happened: string): LabError {
  return new LabError({ subject: 'live view', step, happened }, 'failed');
}
