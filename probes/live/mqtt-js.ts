import { Duplex } from 'node:stream';
import mqttClient from 'mqtt/lib/client';
import { errorMessage } from '../../base/errors.ts';
import { DISCONNECT } from '../mqtt/client.ts';
import { mqttJsOptions } from '../mqtt/mqtt-js-options.ts';
import type { LiveOptions, Program } from './options.ts';
import type { Recorder } from './recorder.ts';

type MqttJsOptions = Extract<LiveOptions, { program: 'mqtt.js' }>;

const CONNECT_BOUND_MS = 30_000;
const CLOSE_BOUND_MS = 2_000;

/** mqtt.js in this process, over the connection of a recorder. */
export type MqttJs = Program & {
  /** The broker has sent these bytes. */
  receive(bytes: Buffer): void;
  /** The recorder has ended. */
  onEnd(): void;
};

export function startMqttJs(
  { password, subscription, ...options }: MqttJsOptions,
  recorder: Pick<Recorder, 'send'>,
  onFailed: (text: string) => void,
): MqttJs {
  const stream = openStream(recorder);
  const client = new mqttClient.default(() => stream, {
    ...mqttJsOptions({ ...options, ...(password === undefined ? {} : { password: password.reveal() }) }),
    ...{ reconnectPeriod: 0, connectTimeout: CONNECT_BOUND_MS },
  });
  client.on('error', (error) => {
    // the broker's refusal is a packet
    if (!('code' in error && typeof error.code === 'number')) onFailed(wordsOf(errorMessage(error)));
  });
  const answered = () => undefined;
  const subscribe: Program['subscribe'] = (filter, qos) => {
    client.subscribe(filter, { qos }, answered);
  };
  client.on('connect', () => {
    if (subscription !== undefined) subscribe(subscription.filter, subscription.qos);
  });
  return {
    subscribe,
    publish({ topic, payload, qos, retain }) {
      if (!stream.destroyed) client.publish(topic, payload, { qos, retain }, answered);
    },
    disconnect() {
      client.end(false, {}, answered);
      // it waits for acknowledgements first
      setTimeout(() => stream.writable && stream.end(DISCONNECT), CLOSE_BOUND_MS).unref();
    },
    onEnd() {
      stream.push(null);
      client.end(true);
      stream.destroy();
    },
    receive(bytes) {
      stream.push(bytes);
    },
  };
}

/** The failure in the words of MQTT. */
function wordsOf(text: string): string {
  return text === 'Keepalive timeout' ? 'mqtt.js got no PINGRESP in time and closed the connection' : text;
}

/** What mqtt.js takes for its socket. */
function openStream({ send }: Pick<Recorder, 'send'>): Duplex {
  return new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, callback) {
      send({ do: 'send', hex: chunk.toString('hex') });
      callback();
    },
    // mqtt.js writes a packet in pieces, and each line would be a segment of its own
    writev(chunks, callback) {
      send({ do: 'send', hex: Buffer.concat(chunks.map(({ chunk }) => chunk)).toString('hex') });
      callback();
    },
    final(callback) {
      send({ do: 'close' });
      callback();
    },
    destroy(error, callback) {
      send({ do: 'close' });
      callback(error);
    },
  });
}
