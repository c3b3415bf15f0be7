import test from 'ava';
import type { Progress } from '../../../base/progress.ts';
import { addManagedHosts, managedHosts } from '../../../deployment/address-book.ts';
import { applyPlan, type HostOutcome } from '../../../deployment/apply-plan.ts';
import { type ContainerFacts, NO_CONTAINERS } from '../../../deployment/container-facts.ts';
import { planLab } from '../../../deployment/plan-lab.ts';
import type { WantedHost } from '../../../deployment/planned-host.ts';
import { exitCodeOf } from '../../../terminal/outcome-lines.ts';
import { type ScriptedHost, scriptedHosts } from '../_scripted-hosts.ts';
import { folderFor } from '../_sh.ts';
import {
  BROKER_DONE,
  BROKER_HOST,
  BROKER_OUTDATED,
  CONTAINER,
  DONE,
  DRIFTED,
  FRESH,
  NOTHING_TO_RESTORE,
  PIS,
  scriptedPi,
  TO_RESTORE,
} from './_hosts.ts';
import { at } from './_managed-hosts.ts';

const signal = new AbortController().signal;
const report = () => undefined;
const INSTALL = 'install mosquitto-clients, python3-paho-mqtt';
const RESTART = 'restart the broker: port changed';
const DOWN = 'E: no space left';

/** State, changes, steps left, exit code. */
const words = ({ host, state, changes, left, error }: HostOutcome) =>
  `${host} ${state} [${changes.join('; ')}] left ${left}${error === undefined ? '' : ` exit ${exitCodeOf(error)}`}`;

type Row = {
  readonly hosts: () => Readonly<Record<string, ScriptedHost>>;
  readonly outcomes: readonly string[];
  /** What the next run changes. */
  readonly next: readonly string[];
};

const rows: Readonly<Record<string, Row>> = {
  'fresh Pis': {
    hosts: () => ({ broker: { facts: BROKER_DONE }, hall: scriptedPi(FRESH), kitchen: scriptedPi(FRESH) }),
    outcomes: ['broker ok [] left 0', `hall changed [${INSTALL}] left 0`, `kitchen changed [${INSTALL}] left 0`],
    next: [],
  },
  'unchanged hosts': {
    hosts: () => ({ broker: { facts: BROKER_DONE }, hall: scriptedPi(DONE), kitchen: scriptedPi(DONE) }),
    outcomes: ['broker ok [] left 0', 'hall ok [] left 0', 'kitchen ok [] left 0'],
    next: [],
  },
  'a Pi that drifted beside one out of reach': {
    hosts: () => ({ broker: { facts: BROKER_DONE }, hall: scriptedPi(DRIFTED) }),
    outcomes: [
      'broker ok [] left 0',
      'hall changed [install python3-paho-mqtt] left 0',
      'kitchen failed [] left 0 exit 2',
    ],
    next: [],
  },
  'a step that fails, while other hosts go on': {
    hosts: () => ({
      broker: { facts: BROKER_DONE },
      hall: { facts: FRESH, steps: { install: DOWN } },
      kitchen: scriptedPi(FRESH),
    }),
    outcomes: ['broker ok [] left 0', 'hall failed [] left 1 exit 1', `kitchen changed [${INSTALL}] left 0`],
    next: [INSTALL],
  },
  'the second of two steps that fails': {
    hosts: () => ({
      broker: {
        facts: { ...BROKER_DONE, 'packages:mosquitto': '' },
        steps: { install: { ...BROKER_OUTDATED }, restart: DOWN },
      },
      hall: scriptedPi(DONE),
      kitchen: scriptedPi(DONE),
    }),
    outcomes: ['broker failed [install mosquitto] left 1 exit 1', 'hall ok [] left 0', 'kitchen ok [] left 0'],
    next: [RESTART],
  },
  'a restart that fails, and that the next run still finds': {
    hosts: () => ({
      broker: { facts: BROKER_OUTDATED, steps: { restart: DOWN } },
      hall: scriptedPi(DONE),
      kitchen: scriptedPi(DONE),
    }),
    outcomes: ['broker failed [] left 1 exit 1', 'hall ok [] left 0', 'kitchen ok [] left 0'],
    next: [RESTART],
  },
  'a restart': {
    hosts: () => ({
      broker: { facts: BROKER_OUTDATED, steps: { restart: BROKER_DONE } },
      hall: scriptedPi(DONE),
      kitchen: scriptedPi(DONE),
    }),
    outcomes: [`broker changed [${RESTART}] left 0`, 'hall ok [] left 0', 'kitchen ok [] left 0'],
    next: [],
  },
  'a step after which the host still differs': {
    hosts: () => ({
      broker: { facts: BROKER_DONE },
      hall: { facts: FRESH, steps: { install: {} } },
      kitchen: scriptedPi(DONE),
    }),
    outcomes: ['broker ok [] left 0', `hall failed [${INSTALL}] left 0 exit 1`, 'kitchen ok [] left 0'],
    next: [INSTALL],
  },
};

for (const [name, { hosts, outcomes, next }] of Object.entries(rows)) {
  test(`applies the plan of ${name}`, async (t) => {
    const lab = { directory: folderFor(t), name: 'two' };
    const { open } = scriptedHosts(hosts());
    const wanted = [BROKER_HOST, ...PIS];
    await using plan = await planLab(wanted, { signal, open });
    const applied = await applyPlan(plan, { lab, report, signal, open });
    t.deepEqual(applied.outcomes.map(words), outcomes);
    await using again = await planLab(wanted, { signal, open });
    t.deepEqual(
      again.hosts.flatMap(({ steps }) => steps.map(({ change }) => change.summary)),
      next,
    );
  });
}

test('reports each step, each change and the outcome of each host', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const { open } = scriptedHosts({ hall: scriptedPi(FRESH), kitchen: { facts: FRESH, steps: { install: DOWN } } });
  await using plan = await planLab(PIS, { signal, open });
  const lines: string[] = [];
  const note = ({ host, kind, text }: Progress) => lines.push(`${host} ${kind} ${text.split('\n')[0]}`);
  await applyPlan(plan, { lab, report: note, signal, open });
  t.deepEqual(
    lines.filter((line) => line.startsWith('hall')),
    [`hall step ${INSTALL}`, `hall changed ${INSTALL}`, 'hall ok 1 changed'],
  );
  t.deepEqual(
    lines.filter((line) => line.startsWith('kitchen')),
    [`kitchen step ${INSTALL}`, `kitchen failed ${INSTALL}: exit code 1`],
  );
});

test('records a host before its first change, and no host without one', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const { open } = scriptedHosts({ hall: { facts: FRESH, steps: { install: DOWN } }, kitchen: scriptedPi(DONE) });
  await using plan = await planLab(PIS, { signal, open });
  let atFirstStep: readonly string[] | undefined;
  const onStep = async () => {
    atFirstStep ??= (await managedHosts(lab)).map((host) => host.name);
  };
  const notes: Promise<void>[] = [];
  await applyPlan(plan, { lab, report: ({ kind }) => kind === 'step' && notes.push(onStep()), signal, open });
  await Promise.all(notes);
  t.deepEqual(atFirstStep, ['hall']);
});

const [hall] = PIS;
const ABSENT: ContainerFacts = { ...NO_CONTAINERS, states: new Map([['hall', { state: 'absent' }]]) };
const IN_CONTAINER: readonly WantedHost[] = hall === undefined ? [] : [{ ...hall, place: { kind: 'container' } }];

test('creates a container and converges what it contains', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const { open } = scriptedHosts({ [CONTAINER.ssh.address]: scriptedPi(FRESH) });
  await using plan = await planLab(IN_CONTAINER, { containers: Promise.resolve(ABSENT), signal, open });
  const createContainer = async () => ({ ...CONTAINER, created: true });
  const { outcomes, containers } = await applyPlan(plan, { lab, createContainer, report, signal, open });
  t.deepEqual(outcomes.map(words), [`hall changed [start the container; ${INSTALL}] left 0`]);
  t.is(containers.get('hall')?.ssh.port, CONTAINER.ssh.port);
  t.deepEqual(await managedHosts(lab), [], 'a container is removed as a whole');
});

test('fails only the host whose container cannot be created', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const { open } = scriptedHosts({ kitchen: scriptedPi(FRESH) });
  const wanted = [...IN_CONTAINER, ...PIS.slice(1)];
  await using plan = await planLab(wanted, { containers: Promise.resolve(ABSENT), signal, open });
  const createContainer = () => Promise.reject(new Error('no image'));
  const { outcomes } = await applyPlan(plan, { lab, createContainer, report, signal, open });
  t.deepEqual(outcomes.map(words), ['hall failed [] left 1 exit 1', `kitchen changed [${INSTALL}] left 0`]);
});

test('keeps the entry of a moved host, at its new address', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const pi: ScriptedHost = { facts: { ...DONE, ...NOTHING_TO_RESTORE }, prints: { 'identify the host': 'key' } };
  const { open } = scriptedHosts({ hall: pi, old: pi });
  await addManagedHosts(lab, [{ name: 'hall', host: at('old') }]);
  await using plan = await planLab([...PIS.slice(0, 1), TO_RESTORE], { signal, open });
  const { outcomes } = await applyPlan(plan, { lab, report, signal, open });
  t.deepEqual(outcomes.map(words), ['hall ok [] left 0']);
  t.deepEqual(
    (await managedHosts(lab)).map(({ host }) => host.kind === 'ssh' && host.address),
    ['hall'],
  );
});

test('does not fail for an unreachable host that left the lab file, and keeps it recorded', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const old = { name: 'hall', host: at('old') };
  await addManagedHosts(lab, [old]);
  const { open } = scriptedHosts({ hall: scriptedPi(DONE), kitchen: scriptedPi(DONE) });
  await using plan = await planLab([...PIS, TO_RESTORE], { signal, open });
  const notes: string[] = [];
  const note = ({ kind, text }: Progress) => kind === 'note' && notes.push(text);
  const { outcomes } = await applyPlan(plan, { lab, report: note, signal, open });
  t.deepEqual(outcomes.map(words), ['hall ok [] left 0', 'kitchen ok [] left 0', 'hall (old) skipped [] left 0']);
  t.regex(notes.join('\n'), /no longer in the lab file.*no route to old/);
  t.is((await managedHosts(lab)).length, 1);
});
