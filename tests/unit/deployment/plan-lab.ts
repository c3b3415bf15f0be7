import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { type ContainerFacts, NO_CONTAINERS } from '../../../deployment/container-facts.ts';
import { type LabPlan, planLab } from '../../../deployment/plan-lab.ts';
import type { WantedHost } from '../../../deployment/planned-host.ts';
import type { ContainerState } from '../../../provisioning/docker/container-state.ts';
import { type ScriptedHost, scriptedHosts } from '../_scripted-hosts.ts';
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
  TO_RESTORE,
} from './_hosts.ts';

const signal = new AbortController().signal;
const INSTALL = 'install mosquitto-clients, python3-paho-mqtt';

/** The steps of each host, or its error. */
const stepsOf = ({ hosts }: LabPlan) =>
  Object.fromEntries(
    hosts.map(({ name, steps, error }) => [
      name,
      error instanceof LabError ? error.trouble.happened : steps.map(({ change }) => change.summary).join('; '),
    ]),
  );

/** [hosts by address; the steps of each host, or its error] */
const rows: Readonly<
  Record<string, readonly [Readonly<Record<string, ScriptedHost>>, Readonly<Record<string, string>>]>
> = {
  'fresh hosts': [
    { broker: { facts: { dpkg: '' } }, hall: { facts: FRESH }, kitchen: { facts: FRESH } },
    { broker: 'install mosquitto; start the broker', hall: INSTALL, kitchen: INSTALL },
  ],
  'unchanged hosts': [
    { broker: { facts: BROKER_DONE }, hall: { facts: DONE }, kitchen: { facts: DONE } },
    { broker: '', hall: '', kitchen: '' },
  ],
  'a Pi that drifted': [
    { broker: { facts: BROKER_DONE }, hall: { facts: DRIFTED }, kitchen: { facts: DONE } },
    { broker: '', hall: 'install python3-paho-mqtt', kitchen: '' },
  ],
  'a host out of reach beside fresh ones': [
    { broker: { facts: BROKER_DONE }, kitchen: { facts: FRESH } },
    { broker: '', hall: 'no route to hall', kitchen: INSTALL },
  ],
  'a Pi with a broker, which the lab must not remove': [
    { broker: { facts: BROKER_DONE }, hall: { facts: { ...DONE, 'no-broker': 'a broker' } }, kitchen: { facts: DONE } },
    { broker: '', hall: 'this Pi has a broker:\n    a broker', kitchen: '' },
  ],
  'a broker that has loaded another configuration': [
    { broker: { facts: BROKER_OUTDATED }, hall: { facts: DONE }, kitchen: { facts: DONE } },
    { broker: 'restart the broker: port changed', hall: '', kitchen: '' },
  ],
};

for (const [name, [hosts, steps]] of Object.entries(rows)) {
  test(`plans ${name}`, async (t) => {
    const { open, log } = scriptedHosts(hosts);
    const plan = await planLab([BROKER_HOST, ...PIS], { signal, open });
    t.deepEqual(stepsOf(plan), steps);
    await plan[Symbol.asyncDispose]();
    t.deepEqual(
      log.toSorted(),
      Object.keys(hosts)
        .map((address) => `${address}: closed`)
        .sort(),
    );
  });
}

test('lists each thing of an unchanged host', async (t) => {
  await using plan = await planLab(PIS, {
    signal,
    open: scriptedHosts({ hall: { facts: DONE }, kitchen: { facts: DONE } }).open,
  });
  t.deepEqual(
    plan.hosts[0]?.items.map(({ action, kind, name }) => `${action} ${kind} ${name}`),
    [
      'unchanged check system',
      'unchanged check clients only',
      'unchanged package mosquitto-clients',
      'unchanged package python3-paho-mqtt',
    ],
  );
});

const [hall, kitchen] = PIS;
const IN_CONTAINER: readonly WantedHost[] = hall === undefined ? [] : [{ ...hall, place: { kind: 'container' } }];
const factsOf = (state: ContainerState): Promise<ContainerFacts> =>
  Promise.resolve({ ...NO_CONTAINERS, states: new Map([['hall', state]]) });

/** [state of the container; facts inside, undefined where its sshd does not answer; lines of the plan; steps] */
const containers: Readonly<
  Record<string, readonly [ContainerState, Readonly<Record<string, string>> | undefined, readonly string[], string]>
> = {
  absent: [
    { state: 'absent' },
    undefined,
    ['create container hall', 'create package mosquitto-clients', 'create package python3-paho-mqtt'],
    INSTALL,
  ],
  stale: [
    { state: 'stale', why: 'x' },
    undefined,
    ['change container hall', 'create package mosquitto-clients', 'create package python3-paho-mqtt'],
    INSTALL,
  ],
  stopped: [{ state: 'stopped', why: 'x' }, undefined, ['change container hall', 'unknown host what it contains'], ''],
  running: [
    { state: 'running', container: CONTAINER },
    DRIFTED,
    [
      'unchanged container hall',
      'unchanged check system',
      'unchanged check clients only',
      'unchanged package mosquitto-clients',
      'create package python3-paho-mqtt',
    ],
    'install python3-paho-mqtt',
  ],
  'running without an answer': [
    { state: 'running', container: CONTAINER },
    undefined,
    ['change container hall', 'unknown host what it contains'],
    '',
  ],
};

for (const [name, [state, facts, lines, steps]] of Object.entries(containers)) {
  test(`plans a container that is ${name}`, async (t) => {
    const { open } = scriptedHosts(facts === undefined ? {} : { [CONTAINER.ssh.address]: { facts } });
    await using plan = await planLab(IN_CONTAINER, { containers: factsOf(state), signal, open });
    const items = plan.hosts.flatMap((host) => host.items);
    t.deepEqual(
      items.map(({ action, kind, name: thing }) => `${action} ${kind} ${thing}`),
      lines,
    );
    t.deepEqual(stepsOf(plan), { hall: steps });
    t.is(plan.containers.has('hall'), state.state === 'running');
  });
}

test('closes what it opened when the facts of the containers fail', async (t) => {
  const { open, log } = scriptedHosts({ kitchen: { facts: DONE } });
  const containers = new Promise<never>((_, reject) => setTimeout(reject, 20, new Error('no engine')));
  const wanted = [...IN_CONTAINER, ...(kitchen === undefined ? [] : [kitchen])];
  await t.throwsAsync(planLab(wanted, { containers, signal, open }), { message: 'no engine' });
  t.deepEqual(log, ['kitchen: closed']);
});

const IDENTITY = 'identify the host';

/** [what the old address says of its identity; names of the planned hosts; moves] */
const moves: Readonly<Record<string, readonly [string | undefined, readonly string[], readonly string[]]>> = {
  'has another address now': ['key of hall', ['hall', 'kitchen'], ['old → hall']],
  'is another host': ['another key', ['hall', 'kitchen', TO_RESTORE.name], []],
  'has no keys': ['', ['hall', 'kitchen', TO_RESTORE.name], []],
  'is out of reach': [undefined, ['hall', 'kitchen', TO_RESTORE.name], []],
};

for (const [name, [identity, planned, moved]] of Object.entries(moves)) {
  test(`plans a managed host that is not in the lab file: ${name}`, async (t) => {
    const pi = (prints: string): ScriptedHost => ({
      facts: { ...DONE, ...NOTHING_TO_RESTORE },
      prints: { [IDENTITY]: prints },
    });
    const { open } = scriptedHosts({
      hall: pi('key of hall'),
      kitchen: pi('key of kitchen'),
      ...(identity === undefined ? {} : { old: pi(identity) }),
    });
    await using plan = await planLab([...PIS, TO_RESTORE], { signal, open });
    t.deepEqual(
      plan.hosts.map((host) => host.name),
      planned,
    );
    const address = ({ host }: (typeof plan.moved)[number]['from']) => (host.kind === 'ssh' ? host.address : '');
    t.deepEqual(
      plan.moved.map(({ from, to }) => `${address(from)} → ${address(to)}`),
      moved,
    );
  });
}
