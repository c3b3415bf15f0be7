import type { Lab } from '../../lab-file/lab.ts';
import type { Step } from '../protocol.ts';
import { LONG, PINGS, SHORT, SHORTEST_ANSWER } from './keep-alive.ts';
import { predictionFor } from './predictions.ts';
import { COMPARED } from './qos.ts';
import { type Denied, deniedIn, type Roles, rolesIn, willRolesIn } from './roles.ts';
import { TITLES } from './titles.ts';

/** The lab whose users and topics the steps name, and its Pis. */
export type StepsOptions = {
  readonly lab: Pick<Lab, 'users' | 'rules' | 'topics'>;
  readonly pis: readonly string[];
  /** Seconds; undefined where the broker sets no limit. */
  readonly longestKeepAlive?: number | undefined;
};

type Question = Omit<Step, 'title' | 'prediction'>;

/** The checkpoint's questions that this lab can answer, in order. */
export function stepsFor({ lab, pis, longestKeepAlive = LONG }: StepsOptions): Step[] {
  const roles = rolesIn(lab);
  if (roles === undefined) return [];
  const [pi] = pis;
  const denied = deniedIn(lab);
  const questions: Question[] = [
    ...(pi === undefined ? [] : [testMessage(roles, pi)]),
    ...(denied === undefined ? [] : [authorised(denied)]),
    ...qosSteps(roles),
    ...(longestKeepAlive < LONG ? [] : keepAliveSteps(roles)),
    bothWillsStep(willRolesIn(lab, roles)),
    ...willSteps(roles),
  ];
  return questions.map(({ id, ...question }) => {
    const prediction = predictionFor(id, denied?.kind);
    return { id, title: TITLES[id] ?? '', ...question, ...(prediction === undefined ? {} : { prediction }) };
  });
}

function testMessage({ publisher, subscriber, topic }: Roles, pi: string): Question {
  return {
    id: '1.3',
    todo: [
      `Connect the subscriber as ${subscriber} on ${pi}, with a subscription to ${topic}.`,
      `Connect the publisher as ${publisher} and publish to ${topic}.`,
    ],
  };
}

function authorised({ kind, outsider, publisher, subscriber, topic }: Denied): Question {
  const allowed = `Choose MQTT 3.1.1 for both sides. Connect the subscriber as ${subscriber} with a subscription to ${topic}, connect the publisher as ${publisher}, and publish to ${topic}.`;
  const without =
    kind === 'publish'
      ? `End the publisher, connect it as ${outsider}, publish to ${topic} at QoS 1, and wait a moment: the subscriber stays connected.`
      : `End the subscriber, connect it as ${outsider} with a subscription to ${topic}, publish as ${publisher} again, and wait a moment.`;
  return {
    id: '2.1',
    todo: [allowed, without, 'Compare what the broker acknowledges with what arrives.'],
  };
}

function qosSteps({ publisher, subscriber, topic }: Roles): Question[] {
  const both = `Connect the subscriber as ${subscriber} and the publisher as ${publisher}`;
  return [
    {
      id: '2.2a',
      todo: [`${both}, and subscribe to ${topic} at QoS 2.`, `Publish to ${topic} at QoS 0, at QoS 1 and at QoS 2.`],
    },
    {
      id: '2.2b',
      todo: [
        'Publish at each QoS, wait for a ping, and end a side with DISCONNECT.',
        'Look at each of the twelve kinds of control packets.',
      ],
    },
    {
      id: '2.2c',
      todo: [
        `Subscribe to ${topic} at QoS 2.`,
        `Publish ${COMPARED} messages of the same length to ${topic} at each QoS, without a new connection in between.`,
        'Compare packets, bytes and latency.',
      ],
      ask: 'What costs bytes and time at QoS 1 and 2, and what does one get for it?',
    },
    {
      id: '2.2d',
      todo: [
        `Connect the subscriber as ${subscriber} with a subscription to ${topic} at QoS 0.`,
        `Connect the publisher as ${publisher} and publish to ${topic} at QoS 2.`,
      ],
      ask: 'What did the subscriber receive, and why?',
    },
  ];
}

function keepAliveSteps({ publisher, subscriber, topic }: Roles): Question[] {
  return [
    {
      id: '2.3a',
      todo: [
        `Connect the publisher as ${publisher} with a keep alive of ${SHORT} s and the subscriber as ${subscriber} with ${LONG} s.`,
        `Publish a message to ${topic} that the subscriber receives, then wait for a ping of each while both stay connected.`,
      ],
    },
    {
      id: '2.3b',
      todo: [
        `Leave both clients idle until ${PINGS[SHORT]} pings at ${SHORT} s and ${PINGS[LONG]} at ${LONG} s were counted.`,
        'Compare the bytes of both sides.',
      ],
      ask: 'How do the two differ in bytes and packets, and what would that be in a day?',
    },
    {
      id: '2.3c',
      todo: ['Use what you have measured.', `Write your judgement in at least ${SHORTEST_ANSWER} characters.`],
      ask: 'Which keep alive is ideal for a topic that monitors the health of a smart lock? Justify your answer.',
    },
  ];
}

function bothWillsStep({ publisher, subscriber, topic, wills }: ReturnType<typeof willRolesIn>): Question {
  const isLeftOut = wills.subscriber.length === 0;
  return {
    id: '2.4a',
    topic,
    wills,
    todo: [
      `Connect the publisher as ${publisher} with a last will on ${topic}.`,
      `Connect the subscriber as ${subscriber}${isLeftOut ? '' : ` with a last will on ${topic}`}, and subscribe to ${topic}.`,
      ...(isLeftOut
        ? [`lab.yaml gives no subscriber of ${topic} a last will there, so the broker would drop it: leave it out.`]
        : []),
    ],
  };
}

function willSteps({ publisher, subscriber, topic }: Roles): Question[] {
  return [
    {
      id: '2.4b',
      todo: [
        `Connect the publisher as ${publisher} with a last will on ${topic}, and a subscriber of ${topic} as ${subscriber}.`,
        'Close the publisher’s program (SIGKILL).',
      ],
      ask: 'Does closing the program simulate a network outage? Say why.',
    },
    {
      id: '2.4c',
      todo: [
        `Connect the publisher as ${publisher} with a last will on ${topic} and a keep alive of ${SHORT} s; the subscriber listens to ${topic}.`,
        'End the publisher with DISCONNECT, and wait 3 s.',
        'Connect it again in the same way, pull its cable, and wait for the last will.',
      ],
      ask: 'How does the broker behave when the connection is closed, and how when it is lost?',
    },
  ];
}
