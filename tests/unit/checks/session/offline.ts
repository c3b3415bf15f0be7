import test from 'ava';
import { judgeOffline } from '../../../../checks/session/offline.ts';
import type { QoS } from '../../../../probes/mqtt/session.ts';

type OfflineRow = readonly [
  qos: QoS,
  arrived: readonly number[],
  lab: RegExp | undefined,
  external: RegExp | undefined,
];

const OFFLINE: readonly OfflineRow[] = [
  [1, [0, 1, 2], undefined, undefined],
  [2, [0, 1, 2], undefined, undefined],
  [1, [0, 2], /2 of 3 messages/, /2 of 3 messages/],
  [1, [], /0 of 3/, /0 of 3/],
  [2, [0, 1, 1, 2], /not once each/, /not once each/],
  [1, [1, 0, 2], /in order/, /in order/],
  [0, [], undefined, undefined],
  [0, [0, 1, 2], /queued 3 messages of QoS 0/, undefined],
  [0, [2, 0], /in order/, /in order/],
];

for (const [qos, arrived, lab, external] of OFFLINE) {
  test(`judges an absence at QoS ${qos} after which ${arrived.join(' ') || 'nothing'} arrives`, (t) => {
    for (const [brokerKind, reason] of [['lab', lab] as const, ['external', external] as const]) {
      const finding = judgeOffline(qos, 3, { sessionPresent: true, arrived }, brokerKind);
      t.is(finding.verdict, reason === undefined ? 'pass' : 'fail');
      if (reason !== undefined) t.regex(finding.reason ?? '', reason);
    }
    t.regex(judgeOffline(qos, 3, { sessionPresent: false, arrived }, 'lab').reason ?? '', /had discarded the session/);
  });
}
