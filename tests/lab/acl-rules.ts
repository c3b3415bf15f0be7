import test from 'ava';
import { ACL_LAB, openAclBroker } from './support/acl-broker.ts';
import { agreeOnRandomLabs, tallyText } from './support/acl-rules.ts';
import { ownLab } from './support/own-lab.ts';

const SETS = 40;
const TOPICS = 40;

const theLab = ownLab('acl-rules', ACL_LAB, { installed: true });

test.serial('a broker follows the rules of random lab files as may() says', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
  await using broker = await openAclBroker(theLab());
  const begin = performance.now();
  const tried = await agreeOnRandomLabs(broker, SETS, TOPICS);
  t.is(tried.sets, SETS);
  t.log(tallyText(tried), `in ${Math.round(performance.now() - begin)} ms`);
});
