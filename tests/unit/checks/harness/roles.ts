import test from 'ava';
import { observerOf, publisherOf, topicRoles, willOwner } from '../../../../checks/harness/roles.ts';
import { labOf } from '../../_lab.ts';

const lab = labOf(`name: l
users: { eve: { password: e }, sam: { password: s }, alice: { password: a } }
topics:
  log: { publish: [sam] }
  status: { publish: [sam], subscribe: [alice], lastWill: [eve, sam, alice] }
  wills: { subscribe: [alice], lastWill: [eve] }
`);
const [log, status, wills] = lab.topics;

test('assigns roles by the rights of the lab', (t) => {
  t.is(topicRoles(lab)?.topic, 'status');
  t.is(observerOf(lab, 'log'), undefined);
  t.is(publisherOf(lab, 'wills')?.name, 'eve');
  t.is(status && willOwner(lab, status, 'publisher')?.name, 'sam');
  t.is(status && willOwner(lab, status, 'subscriber')?.name, 'alice');
  t.is(wills && willOwner(lab, wills, 'publisher')?.name, 'eve');
  t.is(log && willOwner(lab, log, 'publisher'), undefined);
});
