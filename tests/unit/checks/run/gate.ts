import test from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { type Check, recordOf } from '../../../../checks/harness/check.ts';
import { needsOf, openGate } from '../../../../checks/run/gate.ts';

const base = { claim: 'c', expected: 1, boundMs: 1_000, run: () => Promise.reject(new Error('not run')) } as const;
const path: Check = { ...base, id: 'reach.pi', host: 'pi', proves: 'pi' };
const onPi: Check = { ...base, id: 'will.a', host: 'pi' };
const state: Check = { ...base, id: 'install.a', host: 'pi', needs: [{ host: 'pi', of: 'commands' }] };
const here: Check = { ...base, id: 'acl.a' };

const never = new Promise<never>(() => undefined);
const passed = async (check: Check) => recordOf(check, { verdict: 'pass', observed: 1 });
const failed = async (check: Check) => recordOf(check, { verdict: 'fail', observed: 2, reason: 'no SUBACK' });

function gateWith(blocks: 'commands' | 'clients' | undefined) {
  const gate = openGate([path, onPi, state, here]);
  const verdict = blocks === undefined ? 'pass' : 'fail';
  const finding = { verdict, observed: null, reason: 'pi cannot connect', advice: 'look at the firewall' } as const;
  const reach = () =>
    gate.pass(path, async () => {
      gate.learn(path, { ...finding, ...(blocks === undefined ? {} : { blocks }) });
      return recordOf(path, finding);
    });
  return { gate, reach };
}

test('a check needs clients on this machine and on its host, if it does not say otherwise', (t) => {
  t.deepEqual(needsOf(here), [{ host: 'this machine', of: 'clients' }]);
  t.deepEqual(
    needsOf(onPi).map(({ host }) => host),
    ['this machine', 'pi'],
  );
  t.deepEqual(needsOf(path), []);
});

test('ends a check under path as inconclusive when its host does not reach the broker', async (t) => {
  const { gate, reach } = gateWith('clients');
  const record = gate.pass(onPi, () => never);
  t.is((await reach()).verdict, 'fail');
  t.like(await record, {
    verdict: 'inconclusive',
    reason: 'reach.pi: pi cannot connect',
    advice: 'look at the firewall',
    observed: null,
  });
  t.false(gate.isOpen(onPi));
});

test('a failure waits for what the host finds, and stays one where the host reaches the broker', async (t) => {
  for (const [blocks, verdict] of [
    ['clients', 'inconclusive'],
    [undefined, 'fail'],
  ] as const) {
    const { gate, reach } = gateWith(blocks);
    const record = gate.pass(onPi, () => failed(onPi));
    await reach();
    t.is((await record).verdict, verdict);
  }
});

test('a check that passed stays passed', async (t) => {
  const { gate, reach } = gateWith('clients');
  t.is((await gate.pass(onPi, () => passed(onPi))).verdict, 'pass');
  await reach();
});

test('stops only the checks that need what is missing', async (t) => {
  const clients = gateWith('clients');
  await clients.reach();
  t.deepEqual([here, state, onPi].map(clients.gate.isOpen), [true, true, false]);
  const commands = gateWith('commands');
  await commands.reach();
  t.deepEqual([here, state, onPi].map(commands.gate.isOpen), [true, false, false]);
});

test('a check of a path that ends without a finding, as by its time limit, stops no other', async (t) => {
  const { gate } = gateWith(undefined);
  const over = deferred<void>();
  const reach = gate.pass(path, async () => {
    await over.promise;
    return recordOf(path, { verdict: 'fail', observed: null, reason: 'no verdict within 60 s' });
  });
  const record = gate.pass(onPi, () => failed(onPi));
  over.resolve();
  await reach;
  t.like(await record, { verdict: 'fail', reason: 'no SUBACK' });
});
