import { LabError } from '../../base/errors.ts';
import { ClientLimit, loginLines } from '../clients/option-file.ts';
import { SESSION_EXPIRY_S } from '../mqtt/mqtt-js-options.ts';
import type { HostOptions, Program } from './options.ts';
import type { Recorder } from './recorder.ts';
import type { Child } from './recorder-on-host.ts';

type MosquittoOptions = Extract<HostOptions, { program: 'mosquitto' }>;

const LEAST_KEEP_ALIVE = 5;

/** mosquitto_sub for a subscriber, else mosquitto_pub, which publishes each line. Throws a LabError where these cannot connect so. */
export function mosquittoChild(options: MosquittoOptions): Child {
  const { subscription, keepAlive, clean, version, clientId } = options;
  if (keepAlive < LEAST_KEEP_ALIVE) {
    throw limit(options, `they refuse a keep alive below ${LEAST_KEEP_ALIVE} s`);
  }
  const program = subscription === undefined ? 'mosquitto_pub' : 'mosquitto_sub';
  const expiry = version === 5 ? ['-x', String(SESSION_EXPIRY_S)] : [];
  return {
    words: [
      program,
      ...['-h', '127.0.0.1', '-p', '{port}', '-i', clientId, '-k', String(keepAlive)],
      ...['-V', version === 5 ? '5' : '311'],
      ...(clean ? [] : ['-c', ...expiry]),
      ...willWords(options),
      ...topicWords(options),
    ],
    input: `${login(options).join('\n')}\n`,
    optionFile: program,
  };
}

function topicWords(options: MosquittoOptions): string[] {
  if (options.subscription !== undefined) {
    return ['-t', options.subscription.filter, '-q', String(options.subscription.qos)];
  }
  const { topic, qos, retain } = options.message;
  return ['-l', '-t', topic, '-q', String(qos), ...(retain ? ['-r'] : [])];
}

function willWords(options: MosquittoOptions): string[] {
  const { will } = options;
  if (will === undefined) return [];
  const text = will.payload.toString();
  if (text.includes('\0') || !Buffer.from(text).equals(will.payload)) {
    throw limit(options, 'they take only text for the payload of a last will');
  }
  const words = ['--will-topic', will.topic, '--will-payload', text, '--will-qos', String(will.qos)];
  return will.retain ? [...words, '--will-retain'] : words;
}

function login(options: MosquittoOptions): string[] {
  const { user, password } = options;
  try {
    return loginLines(password === undefined ? { user } : { user, password: password.reveal() });
  } catch (error) {
    if (error instanceof ClientLimit) throw limit(options, error.message);
    throw error;
  }
}

export function mosquittoProgram(options: MosquittoOptions, { send }: Pick<Recorder, 'send'>): Program {
  const settings = options.subscription === undefined ? options.message : undefined;
  return {
    publish({ topic, payload, qos, retain }) {
      if (settings === undefined) throw limit(options, 'mosquitto_sub does not publish');
      if (topic !== settings.topic || qos !== settings.qos || retain !== settings.retain) {
        throw limit(options, 'mosquitto_pub keeps the topic, QoS and retain that it was started with: connect again');
      }
      const text = payload.toString();
      if (/[\n\0]/.test(text) || !Buffer.from(text).equals(payload)) {
        throw limit(options, 'mosquitto_pub reads a payload as a line of text');
      }
      send({ do: 'program', line: text });
    },
    subscribe() {
      throw limit(options, 'mosquitto_sub keeps the filter that it was started with: connect again');
    },
    disconnect: () => send({ do: 'stop', how: settings === undefined ? 'TERM' : 'EOF' }),
  };
}

function limit({ host }: MosquittoOptions, happened: string): LabError {
  const advice = 'use paho or mqtt.js';
  return new LabError({ subject: host.name, step: 'use the mosquitto clients', happened, advice }, 'failed');
}
