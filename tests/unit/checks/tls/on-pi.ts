import test from 'ava';
import type { AttemptCheck } from '../../../../checks/tls/attempt-check.ts';
import { attemptAll } from '../../../../checks/tls/on-pi.ts';
import type { HostAddress } from '../../../../provisioning/hosts/open.ts';
import { livePiAt } from '../../_live.ts';
import { scriptedHosts } from '../../_scripted-hosts.ts';

const check = (
  id: `tls.${string}`,
  attempt: () => Promise<{ address: string; port: number; steps: [] }>,
): AttemptCheck => ({
  ...{ id, claim: id, expected: null, attempt },
  judge: () => ({ verdict: 'pass', observed: null }),
});
const made = async () => ({ address: '127.0.0.1', port: 1883, steps: [] as [] });

test('each check gets the outcome of its own attempt, also where another could not be prepared', async (t) => {
  const line = (port: number) => JSON.stringify({ isConnected: port === 1, answers: [], end: { kind: 'closed' } });
  const prints = { 'connect over TLS with Python': `${line(1)}\n${line(2)}\n` };
  const hosts = scriptedHosts({ local: { facts: {}, prints } });
  const checks: AttemptCheck[] = [
    { id: 'tls.skipped', claim: 'skipped', expected: null, why: 'it does not apply' },
    check('tls.first', made),
    check('tls.unprepared', () => Promise.reject(new Error('no CA'))),
    check('tls.second', made),
  ];
  const { signal: stopped } = new AbortController();
  const host = async (name: string, where: HostAddress) => await hosts.open(name, where);
  const testLab = { host, stopped };
  const outcomeOf = await attemptAll(testLab, livePiAt('pi', { address: '127.0.0.1', port: 1883 }), checks, 1_000);
  const [, first, unprepared, second] = checks;
  if (first === undefined || unprepared === undefined || second === undefined) return t.fail();
  t.deepEqual([outcomeOf(first).isConnected, outcomeOf(second).isConnected], [true, false]);
  t.throws(() => outcomeOf(unprepared), { message: 'no CA' });
});
