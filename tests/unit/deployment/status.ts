import test from 'ava';
import { type BrokerAnswer, brokerDetail, externalStatus, type HostStatus } from '../../../deployment/status.ts';

const ACCEPTED = { kind: 'accepted' } as const;
const REFUSED = { kind: 'refused', text: 'code 5' } as const;
const SILENT = { kind: 'silent', text: 'ECONNREFUSED' } as const;

/** [what an external broker said; state; detail] */
const external: readonly (readonly [BrokerAnswer, HostStatus['state'], string])[] = [
  [ACCEPTED, 'up', "lets the lab's first user in; never touched by the lab"],
  [REFUSED, 'down', "refuses the lab's first user: code 5; never touched by the lab"],
  [SILENT, 'unreachable', 'no answer: ECONNREFUSED; never touched by the lab'],
];

for (const [answer, state, detail] of external) {
  test(`an external broker, ${answer.kind}: ${state}`, (t) => {
    t.deepEqual(externalStatus('external 198.51.100.7:1883', answer), {
      host: 'broker',
      state,
      place: 'external 198.51.100.7:1883',
      detail,
    });
  });
}

/** [process; what the broker said; detail] */
const managed: readonly (readonly [running: string, BrokerAnswer, string])[] = [
  ['7', ACCEPTED, 'the broker runs (process 7)'],
  ['7', REFUSED, "the broker runs (process 7), but refuses the lab's first user: code 5"],
  ['7', SILENT, 'the broker runs (process 7), but does not answer: ECONNREFUSED'],
  ['', SILENT, 'the broker does not run'],
  ['', ACCEPTED, 'the broker does not run; another one answers at its port'],
  ['', REFUSED, 'the broker does not run; another one answers at its port'],
];

for (const [running, answer, detail] of managed) {
  test(`a broker with process '${running}', ${answer.kind}`, (t) => {
    t.is(brokerDetail(running, answer), detail);
  });
}
