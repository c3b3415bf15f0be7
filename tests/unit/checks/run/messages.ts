import test from 'ava';
import { Secret } from '../../../../base/secret.ts';
import { line, readLine, type ToFile } from '../../../../checks/run/messages.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

test('passwords of users and hosts, and what a person answered, reach the smoke tests, and nothing else that tells them', (t) => {
  const password = new Secret('hunter2');
  const lab = labOf(`${TWO_USERS}broker: { host: "ssh://hub" }`);
  const host = {
    kind: 'ssh',
    user: undefined,
    address: 'hub',
    port: undefined,
    identity: undefined,
    hostKey: undefined,
    password,
  } as const;
  const broker = { address: 'hub', port: 1883, host, version: undefined };
  const message: ToFile = {
    kind: 'lab',
    live: { lab, broker, pis: [] },
    options: { scope: 'quick', full: false },
    answers: [['password of pi', password]],
  };
  t.false(JSON.stringify(message).includes('hunter2'));
  const read = readLine<ToFile>(line(message));
  if (read.kind !== 'lab' || read.live.broker.host?.kind !== 'ssh') return t.fail();
  t.is(read.live.broker.host.password?.reveal(), 'hunter2');
  t.deepEqual(
    read.answers.map(([what, answer]) => [what, answer.reveal()]),
    [['password of pi', 'hunter2']],
  );
  t.deepEqual(
    read.live.lab.users.map((user) => user.password.reveal()),
    ['sam', 'alice'],
  );
});
