import { textFile } from '../../base/text-file.ts';
import { SESSION_EXPIRY_S } from '../mqtt/mqtt-js-options.ts';
import type { HostOptions, Program } from './options.ts';
import type { Recorder } from './recorder.ts';
import type { Child } from './recorder-on-host.ts';

type PahoOptions = Extract<HostOptions, { program: 'paho' }>;

/** paho-mqtt in Python. It gets the login as JSON through a pipe. */
export function pahoChild({
  user,
  password,
  clientId,
  version,
  clean,
  keepAlive,
  will,
  subscription,
}: PahoOptions): Child {
  const lastWill = will === undefined ? undefined : { ...will, payload: undefined, hex: will.payload.toString('hex') };
  const login = { user, password: password?.reveal(), clientId, version, clean, keepAlive, lastWill, subscription };
  return {
    words: ['python3', '-u', '/dev/fd/4', '{port}'],
    input: JSON.stringify({ address: '127.0.0.1', ...login, sessionExpiryInterval: SESSION_EXPIRY_S }),
    source: `${textFile('../clients/paho_client.py', import.meta.url)}\n${textFile('live_paho.py', import.meta.url)}`,
  };
}

export function pahoProgram({ send }: Pick<Recorder, 'send'>): Program {
  const tell = (command: object) => send({ do: 'program', line: JSON.stringify(command) });
  return {
    publish: ({ payload, ...message }) => tell({ do: 'publish', ...message, hex: payload.toString('hex') }),
    subscribe: (filter, qos) => tell({ do: 'subscribe', filter, qos }),
    disconnect: () => tell({ do: 'disconnect' }),
  };
}
