import type { ComponentType } from 'preact';
import type { SectionProps } from './parts/section.tsx';
import { Authorisation } from './sections/authorisation.tsx';
import { Checks } from './sections/checks.tsx';
import { Deviations } from './sections/deviations.tsx';
import { EnvironmentTable } from './sections/environment.tsx';
import { Failures } from './sections/failures.tsx';
import { KeepAliveTraffic } from './sections/keep-alive-traffic.tsx';
import { KeepAliveValue } from './sections/keep-alive-value.tsx';
import { LastWill } from './sections/last-will.tsx';
import { QosClients } from './sections/qos-clients.tsx';
import { QosLatency } from './sections/qos-latency.tsx';
import { QosMatrix } from './sections/qos-matrix.tsx';
import { QosSequence } from './sections/qos-sequence.tsx';
import { QosSize } from './sections/qos-size.tsx';

export type SectionOfPage = {
  readonly id: string;
  /** For the navigation. */
  readonly short: string;
  readonly title: string;
  /** What the checkpoint asks, in its words. */
  readonly question?: string;
  readonly Content: ComponentType<SectionProps>;
};

/** Every check; it is as long as the others leave room. */
export const CHECKS: SectionOfPage = { id: 'checks', short: 'All checks', title: 'All checks', Content: Checks };

/** Comes first where the run did not pass. */
export const FAILED: SectionOfPage = { id: 'failures', short: 'What failed', title: 'What failed', Content: Failures };

/** The checkpoint's questions in its order, then what the answers rest on. */
export const SECTIONS: readonly SectionOfPage[] = [
  {
    id: 'authorisation',
    short: '1 Authorisation',
    title: '1 Authorisation',
    question: 'Only authorised users can publish and subscribe to a topic “status”.',
    Content: Authorisation,
  },
  {
    id: 'qos-clients',
    short: '2a QoS 0, 1, 2',
    title: '2a QoS 0, 1 and 2 with every client',
    question: 'Implement pub/sub using quality of service 0, 1 and 2.',
    Content: QosClients,
  },
  {
    id: 'qos-sequence',
    short: '2b Packets',
    title: '2b The control packets',
    question: 'Observe the different control packets being exchanged. Use debug mode for this.',
    Content: QosSequence,
  },
  {
    id: 'qos-size',
    short: '2c Size',
    title: '2c Packet size',
    question: 'Observe the packet size … that is caused due to the change in quality of service.',
    Content: QosSize,
  },
  {
    id: 'qos-latency',
    short: '2c Latency',
    title: '2c Latency',
    question: 'Observe the … time latency that is caused due to the change in quality of service.',
    Content: QosLatency,
  },
  {
    id: 'qos-matrix',
    short: '2d QoS against QoS',
    title: '2d The publisher’s QoS above the subscriber’s',
    question:
      'What happens when the publisher posts messages on a topic with a QoS > than the QoS defined by the subscriber of that topic? Why?',
    Content: QosMatrix,
  },
  {
    id: 'keep-alive-traffic',
    short: '3ab Keep alive',
    title: '3a, 3b Keep alive: 5 s and 25 s on the network',
    question:
      'Implement a pub/sub message exchange that has a keep alive value of 5 seconds and another message exchange for 25 seconds. Observe and report the differences in terms of network usage.',
    Content: KeepAliveTraffic,
  },
  {
    id: 'keep-alive-value',
    short: '3c Its ideal value',
    title: '3c The ideal keep alive',
    question:
      'What should be the ideal keep alive value for a topic that monitors the health of your smart lock? Justify your answer.',
    Content: KeepAliveValue,
  },
  {
    id: 'last-will',
    short: '4 Last will',
    title: '4 Last will',
    question:
      'Implement a last will message for both publisher and subscriber on the topic “status”. Observe and report the behavior when the connection is closed by the broker vs when the connection is lost due to unforeseen circumstances such as network outage.',
    Content: LastWill,
  },
  { id: 'environment', short: 'Environment', title: 'Environment', Content: EnvironmentTable },
  {
    id: 'deviations',
    short: 'Deviations',
    title: 'Known deviations of this broker',
    Content: Deviations,
  },
  CHECKS,
];
