import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { InputError, LabError } from '../../../../base/errors.ts';
import type { Check } from '../../../../checks/harness/check.ts';
import type { CheckFamily } from '../../../../checks/harness/check-family.ts';
import type { TestLab } from '../../../../checks/harness/test-lab.ts';
import { type RunOptions, runChecks } from '../../../../checks/run/run-checks.ts';
import type { LiveLab } from '../../../../deployment/live-lab.ts';
import { within } from '../../../../probes/mqtt/feed.ts';
import { hasEnded } from '../../../../provisioning/hosts/local-process.ts';
import { isLeftOut } from '../../../../records/left-out.ts';
import { accept, fakeBroker } from '../../_fake-broker.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt } from '../../_live.ts';

const lab = labOf(TWO_USERS);
const [sam] = lab.users;
const THIS_MACHINE = { kind: 'local' } as const;
const NEVER = () => new Promise<never>(() => undefined);
const CHECK = { claim: 'a claim', expected: 'an outcome', boundMs: 10_000 };
const pass = async () => ({ verdict: 'pass', observed: 1 }) as const;

/** A lab whose broker only checks connect to. */
const liveAt = (at: { address: string; port: number }): LiveLab => {
  return { lab, broker: liveBrokerAt(at, { host: THIS_MACHINE, version: '2.0.11' }), pis: [] };
};
const live = liveAt({ address: '127.0.0.1', port: 1 });

async function runsFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-runs-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

const family =
  (...checks: readonly (Pick<Check, 'id' | 'run'> & Partial<Check>)[]): CheckFamily =>
  () =>
    checks.map((check) => ({ ...CHECK, ...check }));

async function run(t: ExecutionContext, options: Partial<RunOptions>, on = live) {
  const runsDirectory = await runsFolder(t);
  const { results, folder } = await runChecks(Promise.resolve(on), { runsDirectory, ...options });
  return { results, folder, verdicts: results.checks.map(({ id, verdict }) => `${id} ${verdict}`) };
}

test('records every check for the caller and in the run folder, whatever its verdict', async (t) => {
  const recorded: string[] = [];
  const failing = family(
    { id: 'acl.a', run: pass },
    { id: 'acl.b', run: () => Promise.reject(new Error('no sentinel')) },
    {
      id: 'acl.c',
      run: () => {
        throw new Error('at once');
      },
    },
  );
  const families = { failing, skipping: family({ id: 'qos.d', run: pass, version: 5, scope: 'default' }) };
  const { results, folder, verdicts } = await run(t, { families, onRecord: ({ id }) => recorded.push(id) });
  t.deepEqual(verdicts, ['acl.a pass', 'acl.b fail', 'acl.c fail', 'qos.d pass']);
  t.is(results.verdict, 'fail');
  t.deepEqual(
    results.checks.map(({ reason }) => reason),
    [undefined, 'no sentinel', 'at once', undefined],
  );
  t.like(results.checks[0], { host: 'this machine', versions: { broker: 'mosquitto 2.0.11' } });
  t.regex(results.checks[0]?.versions?.client ?? '', /^mqtt\.js \d/);
  t.deepEqual(recorded.sort(), ['acl.a', 'acl.b', 'acl.c', 'qos.d']);
  t.deepEqual(
    JSON.parse(await readFile(path.join(folder, 'results.json'), 'utf8')),
    JSON.parse(JSON.stringify(results)),
  );
  t.is((await readFile(path.join(folder, 'records.jsonl'), 'utf8')).trim().split('\n').length, 4);
  t.like(results.environment, { lab: 'two', scope: 'default', full: false, broker: { version: 'mosquitto 2.0.11' } });
});

test('runs the checks that the scope and the patterns select', async (t) => {
  const families = {
    one: family(
      { id: 'acl.quick', run: pass },
      { id: 'acl.default', run: pass, scope: 'default' },
      { id: 'acl.last', run: pass, scope: 'disruptive' },
    ),
    other: family({ id: 'qos.quick', run: pass }),
  };
  t.deepEqual((await run(t, { families, scope: 'quick' })).verdicts, ['acl.quick pass', 'qos.quick pass']);
  t.deepEqual((await run(t, { families, only: 'acl' })).verdicts, ['acl.default pass', 'acl.quick pass']);
  const runsDirectory = await runsFolder(t);
  const error = await t.throwsAsync(runChecks(Promise.resolve(live), { families, only: 'acl,will', runsDirectory }), {
    instanceOf: InputError,
  });
  t.regex(error?.message ?? '', /^--only will: no check has such an id/);
  t.deepEqual(await readdir(runsDirectory), []);
});

test('reports a family that cannot list its checks as one failed check, also where patterns exclude it', async (t) => {
  const broken: CheckFamily = () => {
    throw new Error('no topic');
  };
  const families = { broken, whole: family({ id: 'acl.a', run: pass }) };
  const { results, verdicts } = await run(t, { families, only: 'acl' });
  t.deepEqual(verdicts, ['acl.a pass', 'install.smoke-tests.broken fail']);
  t.like(results.checks[1], { reason: 'no topic', family: 'install' });
});

test('rejects where the lab cannot be located, and leaves no run folder', async (t) => {
  const runsDirectory = await runsFolder(t);
  const lost = Promise.reject(new Error('the container is not running'));
  await t.throwsAsync(runChecks(lost, { runsDirectory, families: {} }), { message: 'the container is not running' });
  t.deepEqual(await readdir(runsDirectory), []);
});

test('fails a check that never ends at its bound, without blocking the others or the run', async (t) => {
  const families = { one: family({ id: 'acl.a', run: NEVER, boundMs: 20 }, { id: 'acl.b', run: pass }) };
  const { results, verdicts } = await run(t, { families });
  t.deepEqual(verdicts, ['acl.a fail', 'acl.b pass']);
  t.is(results.checks[0]?.reason, 'no verdict within 0.02 s');
});

test('records each unfinished check as inconclusive at the bound of the run', async (t) => {
  const stoppable: CheckFamily = ({ stopped }) => [
    { ...CHECK, id: 'acl.a', run: () => once(stopped, 'abort').then(() => Promise.reject(new Error('disconnected'))) },
    { ...CHECK, id: 'acl.b', run: NEVER },
    { ...CHECK, id: 'acl.c', run: pass },
    { ...CHECK, id: 'restart.d', run: pass, scope: 'disruptive' },
  ];
  const { results, verdicts } = await run(t, { families: { stoppable }, timeoutMs: 50, scope: 'disruptive' });
  t.deepEqual(verdicts, ['acl.a inconclusive', 'acl.b inconclusive', 'acl.c pass', 'restart.d inconclusive']);
  const [ended, lost, , notBegun] = results.checks.map(({ reason }) => reason);
  t.regex(ended ?? '', /run ended before/);
  for (const reason of [lost, notBegun]) t.regex(reason ?? '', /no record: not finished after 0\.05 s/);
});

/** More denials than a run takes. */
const denials: CheckFamily = () =>
  Array.from({ length: 1_100 }, (_, index) => ({
    ...{ ...CHECK, id: `acl.denied.${index}`, run: pass },
    factors: [{ user: index % 10, topic: Math.floor(index / 10) % 10, version: index % 2 }],
  }));

test('runs a part of many denials, and records the others as left out, with the seed', async (t) => {
  let planned = 0;
  const families = { one: family({ id: 'acl.allowed', run: pass }), denials };
  const { results, verdicts } = await run(t, { families, seed: 7, onPlan: (count) => (planned = count) });
  const leftOut = results.checks.filter(isLeftOut);
  t.true(leftOut.length > 900);
  t.is(results.counts.pass + leftOut.length, 1_101);
  t.is(planned, results.counts.pass);
  t.true(verdicts.includes('acl.allowed pass'));
  t.is(results.verdict, 'pass');
  t.deepEqual(results.environment?.leftOut, { checks: leftOut.length, seed: 7 });
  const all = await run(t, { families, exhaustive: true });
  t.is(all.results.counts.pass, 1_101);
  t.is(all.results.environment?.leftOut, undefined);
});

/** A check that logs in, runs a command on a host, and never ends. */
async function openEverything(t: ExecutionContext) {
  const sockets = new Set<Socket>();
  const at = await fakeBroker(t, (packet, socket) => {
    if (packet.cmd === 'connect') {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    accept(packet, socket);
  });
  const isOpen = deferred<number>();
  const open = async (testLab: TestLab) => {
    if (sam === undefined) throw new Error('no user');
    await testLab.raw(sam);
    await testLab.login(sam);
    const host = await testLab.host('broker', THIS_MACHINE);
    const { stopped: signal } = testLab;
    const sleep = host.start({ step: 'sleep', script: 'sleep 60', timeoutMs: 60_000, signal });
    isOpen.resolve(await sleep.group);
    return await NEVER();
  };
  return { at, sockets, isOpen: isOpen.promise, open };
}

test('ends within 2 s when interrupted, and closes every session and command of its checks', async (t) => {
  const { at, sockets, isOpen, open } = await openEverything(t);
  const interrupt = new AbortController();
  const families: Record<string, CheckFamily> = {
    hanging: (testLab) => [
      { ...CHECK, id: 'acl.a', run: () => open(testLab) },
      { ...CHECK, id: 'acl.b', run: pass },
      { ...CHECK, id: 'acl.c', run: () => once(testLab.stopped, 'abort').then(pass) },
      { ...CHECK, id: 'restart.d', run: pass, scope: 'disruptive' },
    ],
  };
  const runsDirectory = await runsFolder(t);
  const { signal } = interrupt;
  const recorded = deferred<void>();
  const options = { families, runsDirectory, signal, scope: 'disruptive', onRecord: () => recorded.resolve() } as const;
  const running = runChecks(Promise.resolve(liveAt(at)), options);
  const [group] = await Promise.all([isOpen, recorded.promise]);
  t.is(sockets.size, 2);
  const begun = performance.now();
  interrupt.abort();
  const error = await t.throwsAsync(running, { instanceOf: LabError, message: 'verify: run the checks: interrupted' });
  t.true(performance.now() - begun < 2_000);
  t.is(error instanceof LabError ? error.kind : undefined, 'interrupted');
  t.true(hasEnded(group));
  await within(allClosed(sockets), 'end of the connections', 2_000);
  // records from before the interruption stay on disk
  const [folder = ''] = await readdir(runsDirectory);
  const records = await readFile(path.join(runsDirectory, folder, 'records.jsonl'), 'utf8');
  t.deepEqual(records.match(/"id":"[^"]+"/g), ['"id":"acl.b"']);
});

test('closes at the end of the run what a check that ran out of time left open', async (t) => {
  const { at, sockets, isOpen, open } = await openEverything(t);
  const hanging: CheckFamily = (testLab) => [{ ...CHECK, id: 'acl.a', run: () => open(testLab), boundMs: 1_000 }];
  const { verdicts } = await run(t, { families: { hanging } }, liveAt(at));
  t.deepEqual(verdicts, ['acl.a fail']);
  t.true(hasEnded(await isOpen));
  await within(allClosed(sockets), 'end of the connections', 2_000);
});

async function allClosed(sockets: ReadonlySet<Socket>): Promise<void> {
  await Promise.all([...sockets].map((socket) => once(socket, 'close')));
}

test('ends at once when interrupted while the lab is located', async (t) => {
  const interrupt = new AbortController();
  const runsDirectory = await runsFolder(t);
  const running = runChecks(NEVER(), { families: {}, runsDirectory, signal: interrupt.signal });
  interrupt.abort();
  await t.throwsAsync(running, { message: /interrupted$/ });
  t.deepEqual(await readdir(runsDirectory), []);
});

test('an error that no check catches ends the run, not the command: every check has its record', async (t) => {
  const words = ['scripts/bootstrap.js', 'tests/unit/checks/run/_uncaught'];
  const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 60_000 });
  const [rejects, throws] = JSON.parse(stdout);
  t.deepEqual(rejects, { id: 'acl.rejects', verdict: 'pass' });
  t.like(throws, { id: 'acl.throws', verdict: 'fail' });
  t.regex(throws.reason, /^no record: .*from a timer$/);
});
