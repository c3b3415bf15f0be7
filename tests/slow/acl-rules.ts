import test from 'ava';
import type { DebianRelease } from '../../lab-file/lab.ts';
import { ACL_LAB, openAclBroker } from '../lab/support/acl-broker.ts';
import { agreeOnRandomLabs, tallyText } from '../lab/support/acl-rules.ts';
import { ownLab } from '../lab/support/own-lab.ts';

const SETS = 1_000;
const TOPICS = 120;
const TEST_MS = 900_000;

for (const debian of [12, 13] satisfies DebianRelease[]) {
  const theLab = ownLab(`acl-rules-${debian}`, ACL_LAB, { debian });

  test.serial(`the Mosquitto of Debian ${debian} follows the rules of random lab files as may() says`, async (t) => {
    t.timeout(TEST_MS);
    const { code, all } = await theLab().run(['up', '--no-verify']);
    t.is(code, 0, all);
    await using broker = await openAclBroker(theLab());
    const tried = await agreeOnRandomLabs(broker, SETS, TOPICS);
    t.is(tried.sets, SETS);
    t.log(tallyText(tried));
  });
}
