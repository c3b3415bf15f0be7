import test from 'ava';
import { ACL, CONF, files, leavesAll, PASSWD, planned, repairs, service } from './support/drift.ts';
import { ownLab } from './support/own-lab.ts';

const theLab = ownLab('drift', { pis: {} }, { installed: true });

test.serial('a lab that is up has an empty plan', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.deepEqual(await planned(t, theLab()), []);
});

test.serial('plan finds changed, missing and readable files, and touches nothing; up repairs them', async (t) => {
  const script = `echo 'allow_anonymous true' >>${CONF}; rm ${PASSWD}; chmod 644 ${ACL}`;
  await theLab().container('broker').shell(script);
  await leavesAll(t, theLab(), ['broker']);
  // lab.conf comes back to what is loaded; a password's new entry has a new salt
  await repairs(t, theLab(), [...files('content', 'missing', 'mode'), service('reload: users changed')]);
});
