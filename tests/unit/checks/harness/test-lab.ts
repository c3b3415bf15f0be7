import { once } from 'node:events';
import type { Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { openTestLab, type TestLab } from '../../../../checks/harness/test-lab.ts';
import { within } from '../../../../probes/mqtt/feed.ts';
import { type Answer, accept, bytes, fakeBroker } from '../../_fake-broker.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt } from '../../_live.ts';

const lab = labOf(`${TWO_USERS}topics: { a: { publish: [sam], subscribe: [alice] } }`);
const [sam] = lab.users;
const BOUND_MS = 10_000;
const NOWHERE = { kind: 'local' } as const;

async function testLabWith(t: ExecutionContext, answer: Answer): Promise<TestLab> {
  const broker = liveBrokerAt(await fakeBroker(t, answer));
  return openTestLab({ lab, broker, pis: [] }, new AbortController().signal);
}

test('closes a connection that the broker accepts after all checks are over', async (t) => {
  if (sam === undefined) return t.fail('no user');
  const asked = deferred<Socket>();
  const testLab = await testLabWith(t, ({ cmd }, socket) => {
    if (cmd === 'connect') asked.resolve(socket);
  });
  const login = testLab.login(sam);
  const socket = await within(asked.promise, 'CONNECT', BOUND_MS);
  await testLab[Symbol.asyncDispose]();
  const closed = once(socket, 'close');
  socket.write(bytes('20 02 00 00'));
  await t.throwsAsync(login, { message: /the checks are over/ });
  await within(closed, 'end of the connection', BOUND_MS);
  t.pass();
});

test('refuses to log in or open a host after all checks are over', async (t) => {
  if (sam === undefined) return t.fail('no user');
  const testLab = await testLabWith(t, accept);
  await testLab[Symbol.asyncDispose]();
  await t.throwsAsync(testLab.login(sam), { message: /the checks are over/ });
  await t.throwsAsync(testLab.host('pi', NOWHERE), { message: /the checks are over/ });
});

test('at another listener a user logs in there, and where that is not possible at the best one', async (t) => {
  const seen: string[] = [];
  const noting =
    (name: string): Answer =>
    (packet, socket) => {
      if (packet.cmd === 'connect') seen.push(`${packet.username} at ${name}`);
      accept(packet, socket);
    };
  const best = liveBrokerAt(await fakeBroker(t, noting('the best')));
  const [other] = liveBrokerAt(await fakeBroker(t, noting('the other'))).listeners;
  const [certified] = best.listeners;
  if (sam === undefined || other === undefined || certified === undefined) return t.fail();
  await using testLab = openTestLab({ lab, broker: best, pis: [] }, new AbortController().signal);
  const forCertificates = { ...certified, tls: { clients: 'required', identity: 'password' } } as const;
  for (const login of [testLab.at(other).raw, testLab.at(other).login, testLab.at(forCertificates).raw, testLab.raw]) {
    await using _session = await login(sam);
  }
  t.deepEqual(seen, ['sam at the other', 'sam at the other', 'sam at the best', 'sam at the best']);
});
