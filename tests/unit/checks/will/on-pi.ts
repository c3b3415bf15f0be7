import test from 'ava';
import { withoutCut } from '../../../../checks/will/on-pi.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

const lab = labOf(`${TWO_USERS}pis: { emulated: { host: container }, real: { host: 'ssh://pi@198.51.100.7' } }\n`);

/** [Pi; verdict where its network cannot be cut] */
const rows: readonly (readonly [pi: string, verdict: 'fail' | 'skipped'])[] = [
  ['emulated', 'fail'],
  ['real', 'skipped'],
];

for (const [pi, verdict] of rows) {
  test(`no way to cut the network of the ${pi} Pi: ${verdict}`, (t) => {
    t.deepEqual(withoutCut(lab, pi, 'no nft'), { verdict, observed: null, reason: 'no nft' });
  });
}
