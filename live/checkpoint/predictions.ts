import type { LiveEvent, Step } from '../protocol.ts';
import { comparedQos, type QosFigures } from './compared.ts';

type Prediction = NonNullable<Step['prediction']>;

/** 2.1 where a subscription without a right is what has no effect; the choices are in the order of the other question. */
const SUBSCRIBING: Prediction = {
  question:
    'A user without a right subscribes to a topic over MQTT 3.1.1, and a message is published to it. What happens?',
  choices: [
    'The broker sends an error.',
    'The broker grants the subscription, and the user receives nothing.',
    'The broker grants the subscription, and the user receives the message.',
  ],
};

/** By the number of the question. The questions name no user and no topic, so that every lab has the same. */
const PREDICTIONS: Readonly<Record<string, Prediction>> = {
  '2.1': {
    question: 'A user without a right publishes at QoS 1 over MQTT 3.1.1. What happens?',
    choices: [
      'The broker sends an error.',
      'The broker acknowledges the message, and nobody receives it.',
      'The broker acknowledges the message, and every subscriber receives it.',
    ],
  },
  '2.2b': {
    question: 'How many packets does a message of QoS 2 take between one client and the broker?',
    choices: ['1', '2', '3', '4'],
  },
  '2.2c': {
    question: 'Which QoS takes the most bytes and the longest time?',
    choices: ['QoS 0', 'QoS 1', 'QoS 2', 'All take the same.'],
  },
  '2.2d': {
    question:
      'A message is published at QoS 2, and its subscriber has asked for QoS 0. What does the subscriber receive?',
    choices: ['The message at QoS 0', 'The message at QoS 1', 'The message at QoS 2', 'Nothing'],
  },
  '2.3b': {
    question: 'Two clients are idle. Which one uses the network more?',
    choices: ['The one with a keep alive of 5 s', 'The one with a keep alive of 25 s', 'Both use it the same.'],
  },
  '2.4b': {
    question: 'The program of a client is killed. When does the broker publish its last will?',
    choices: ['At once', 'After 1.5 times the keep alive', 'Never'],
  },
  '2.4c': {
    question: 'The cable of a client with a keep alive of 5 s is pulled. When does the broker publish its last will?',
    choices: ['At once', 'When 7.5 s have passed since its last packet, or some seconds later', 'Never'],
  },
};

/** `denied`: what has no effect in 2.1. */
export function predictionFor(step: string, denied: 'publish' | 'subscribe' | undefined): Prediction | undefined {
  return step === '2.1' && denied === 'subscribe' ? SUBSCRIBING : PREDICTIONS[step];
}

/** The choice that comes, from 0. */
const CAME: Readonly<Record<string, number>> = {
  ...{ '2.1': 1, '2.2b': 3, '2.2c': 2, '2.2d': 0, '2.3b': 0, '2.4b': 0, '2.4c': 1 },
};

/** Whether the predicted choice came; undefined where the proof does not show it. */
export function isAsPredicted(step: string, choice: number, proof: readonly LiveEvent[]): boolean | undefined {
  const came = CAME[step];
  // a broker that refuses a subscription is not Mosquitto, and 2.1 holds there as well
  const isRefused = proof.some(
    (event) => event.is === 'packet' && event.packet.type === 'SUBACK' && event.packet.codes?.some((one) => one > 2),
  );
  const isUnclear = step === '2.2c' && !takesMost(comparedQos(proof));
  return came === undefined || proof.length === 0 || isRefused || isUnclear ? undefined : choice === came;
}

/** Whether QoS 2 took the most bytes and the longest time: a busy machine may delay another message. */
function takesMost(figures: readonly QosFigures[]): boolean {
  const last = figures.at(-1);
  const isLess = ({ mqttBytes, latencyMs }: QosFigures) =>
    last !== undefined && mqttBytes < last.mqttBytes && latencyMs < last.latencyMs;
  return figures.length > 0 && figures.slice(0, -1).every(isLess);
}
