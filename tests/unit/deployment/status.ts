import test from 'ava';
import type { ConnectAnswer } from '../../../deployment/connect-once.ts';
import { brokerDetail, externalStatus, type HostStatus, hostStatuses } from '../../../deployment/status.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { type ScriptedHost, scriptedHosts } from '../_scripted-hosts.ts';
import { CONTAINER, DONE, DRIFTED } from './_hosts.ts';

const ACCEPTED = { kind: 'accepted' } as const;
const REFUSED = { kind: 'refused', text: 'code 5' } as const;
const SILENT = { kind: 'silent', text: 'ECONNREFUSED', isConnected: false, isLate: false } as const;

/** [what an external broker said; state; detail] */
const external: readonly (readonly [ConnectAnswer, HostStatus['state'], string])[] = [
  [ACCEPTED, 'up', "accepts the lab's first user; the lab never changes it"],
  [REFUSED, 'down', "refuses the lab's first user: code 5; the lab never changes it"],
  [SILENT, 'unreachable', 'no answer: ECONNREFUSED; the lab never changes it'],
];

for (const [answer, state, detail] of external) {
  test(`reports an external broker, ${answer.kind}: ${state}`, (t) => {
    t.deepEqual(externalStatus('external 198.51.100.7:1883', answer), {
      host: 'broker',
      state,
      place: 'external 198.51.100.7:1883',
      detail,
    });
  });
}

/** [process; what the broker said; detail] */
const managed: readonly (readonly [running: string, ConnectAnswer, string])[] = [
  ['7', ACCEPTED, 'the broker is running (process 7)'],
  ['7', REFUSED, "the broker is running (process 7), but refuses the lab's first user: code 5"],
  ['7', SILENT, 'the broker is running (process 7), but does not answer: ECONNREFUSED'],
  ['', SILENT, 'the broker is not running'],
  ['', ACCEPTED, 'the broker is not running; another broker answers on its port'],
  ['', REFUSED, 'the broker is not running; another broker answers on its port'],
];

for (const [running, answer, detail] of managed) {
  test(`reports a broker with process '${running}', ${answer.kind}`, (t) => {
    t.is(brokerDetail(running, answer), detail);
  });
}

const BROKER = {
  ...DONE,
  'packages:mosquitto,mosquitto-clients': 'ii  mosquitto 2.0.11\nii  mosquitto-clients 2.0.11',
};

/** [hosts by address; the broker's answer; state and detail of each host] */
const labs: Readonly<
  Record<string, readonly [Readonly<Record<string, ScriptedHost>>, ConnectAnswer, readonly string[]]>
> = {
  'that is up': [
    { hub: { facts: { ...BROKER, running: '7' } }, hall: { facts: DONE } },
    ACCEPTED,
    ['broker up the broker is running (process 7)', 'hall up clients installed'],
  ],
  'whose broker refuses and whose Pi lacks a package': [
    { hub: { facts: { ...BROKER, running: '7' } }, hall: { facts: DRIFTED } },
    REFUSED,
    [
      "broker down the broker is running (process 7), but refuses the lab's first user: code 5",
      'hall down missing: python3-paho-mqtt',
    ],
  ],
  'whose broker ended and whose Pi is out of reach': [
    { hub: { facts: { ...BROKER, running: '' } } },
    SILENT,
    ['broker down the broker is not running', 'hall unreachable no route to hall'],
  ],
};

for (const [name, [hosts, answer, expected]] of Object.entries(labs)) {
  test(`reports a lab ${name}`, async (t) => {
    const lab = labOf(
      `${TWO_USERS}broker: { host: "ssh://me@hub", address: hub }\npis: { hall: { host: "ssh://pi@hall" } }`,
    );
    const { open } = scriptedHosts(hosts);
    const options = { containers: new Map(), hasEngine: false, connect: async () => answer, open };
    const statuses = await hostStatuses(lab, { ...options, signal: new AbortController().signal });
    t.deepEqual(
      statuses.map(({ host, state, detail }) => `${host} ${state} ${detail}`),
      expected,
    );
    t.is(statuses[0]?.place, 'ssh me@hub');
  });
}

test('asks a running container, and reports a stopped one as unreachable', async (t) => {
  const lab = labOf(`${TWO_USERS}pis: { hall: { host: container }, kitchen: { host: container } }`);
  const { open } = scriptedHosts({ local: { facts: BROKER }, [CONTAINER.ssh.address]: { facts: DONE } });
  const options = { containers: new Map([['hall', CONTAINER]]), connect: async () => ACCEPTED, open };
  const signal = new AbortController().signal;
  const [, hall, kitchen] = await hostStatuses(lab, { ...options, hasEngine: true, signal });
  t.deepEqual(
    [hall?.state, hall?.system, hall?.place],
    ['up', 'Debian 12 aarch64', 'container, ssh on 127.0.0.1:32768'],
  );
  t.deepEqual([kitchen?.state, kitchen?.detail], ['unreachable', 'the container is not running']);
});
