import { LabError } from '../../base/errors.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import { renderAcl } from '../../mosquitto/acl.ts';
import { ACL, LAB_CONF, PASSWD } from '../../mosquitto/paths.ts';
import { noBrokerQuery } from '../../pi/pi-host.ts';
import { now } from '../../probes/mqtt/packet.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { type Facts, gatherFacts, type Query } from '../../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../../provisioning/resources/processes.ts';
import { type Check, type Finding, type NamedCheck, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { onEachPi } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { fileEvidence, namesOf, passwdQuery } from './files.ts';
import { judgeClock, judgeSame, listeningPorts, rulesOf } from './judge.ts';

const BOUND_MS = 60_000;

const USERS = passwdQuery(PASSWD);
const CONF: Query = { id: 'conf', script: `cat ${LAB_CONF}` };
const RIGHTS: Query = { id: 'rights', script: `cat ${ACL}` };
/** By the sockets' user and by the processes' descriptors: a container's root may not look into the latter, and another version may bind as root. */
const LISTENERS: Query = {
  id: 'listeners',
  script: `${PROCESS_FUNCTIONS}
uid=$(id -u mosquitto)
held=$(for pid in $(pids_of mosquitto); do find "/proc/$pid/fd" -lname 'socket:*' -printf '%l '; done | tr -cd '0-9 ')
cat /proc/net/tcp /proc/net/tcp6 | awk -v uid="$uid" -v held=" $held" '$4 == "0A" && ($8 == uid || index(held, " " $10 " ")) { print $2 }'`,
};

/** What shows on no wire, since nobody uses it: a further way in, a right on what nobody writes, a broker where there should be none. */
export const installState: CheckFamily = (testLab) => [
  ...onBrokerHost(testLab),
  ...onEachPi(
    testLab,
    { id: 'install.clients-only', claim: 'there are MQTT clients on the Pi and no broker' },
    (pi, named) => clientsOnly(testLab, pi, named),
  ),
  ...onEachPi(testLab, { id: 'install.clock', claim: "the Pi's clock tells this machine's time" }, (pi, named) =>
    clock(testLab, pi, named),
  ),
];

function onBrokerHost(testLab: TestLab): Check[] {
  const { lab, live } = testLab;
  const { host: where } = live.broker;
  let facts: Promise<Facts> | undefined;
  const ask = async (): Promise<Facts> => {
    if (where === undefined) throw new Error('the broker is external');
    return await gatherFacts(await testLab.host('broker', where), [USERS, RIGHTS, LISTENERS, CONF], testLab.stopped);
  };
  const asked = (
    named: NamedCheck,
    expected: readonly string[],
    query: Query,
    read: (text: string) => string[],
    // what it is judged by, and where that says nothing to people, what it comes from
    [file, source = query]: readonly [path: string, source?: Query],
  ): Check => {
    if (where === undefined) return notApplicable(named, 'the broker is external: its host is never touched');
    const judge = (found: Facts) => ({
      ...judgeSame(read(found.get(query).output), expected),
      evidence: [fileEvidence(file, found.get(source).output)],
    });
    const look = async () => {
      facts ??= ask();
      return await facts.then(judge, withoutRoot);
    };
    return { ...named, expected, host: 'broker', boundMs: BOUND_MS, run: look };
  };
  const names = lab.users.map(({ name }) => name);
  return [
    asked(
      { id: 'install.listeners', claim: "the broker listens on the lab file's port and on no other" },
      [String(lab.broker.port)],
      LISTENERS,
      listeningPorts,
      [LAB_CONF, CONF],
    ),
    asked(
      {
        id: 'install.users',
        subject: { kind: 'broker file' },
        claim: "the broker's password file names the lab file's users and nobody else",
      },
      names,
      USERS,
      namesOf,
      [PASSWD],
    ),
    asked(
      {
        id: 'install.rights',
        subject: { kind: 'broker file' },
        claim: "the broker's ACL file gives the rights of the lab file and no others",
      },
      rulesOf(renderAcl(lab)),
      RIGHTS,
      rulesOf,
      [ACL],
    ),
  ];
}

/** Only root may read these files, and `verify` needs no root otherwise. */
function withoutRoot(error: unknown): Finding {
  const isRefused = error instanceof LabError && /sudo/.test(`${error.message}`);
  if (!isRefused) throw error;
  return { verdict: 'skipped', observed: null, reason: 'only root may look there, and sudo asks for a password' };
}

function clientsOnly(testLab: TestLab, { name, host: where }: LivePi, named: NamedCheck): Check {
  const query = noBrokerQuery(testLab.lab);
  return {
    ...named,
    expected: [],
    boundMs: BOUND_MS,
    async run() {
      const host = await testLab.host(name, where);
      const { output } = (await gatherFacts(host, [query], testLab.stopped, { root: false })).get(query);
      return judgeSame(
        output.split('\n').filter((line) => line !== ''),
        [],
      );
    },
  };
}

function clock(testLab: TestLab, { name, host: where }: LivePi, named: NamedCheck): Check {
  return {
    ...named,
    expected: { offsetMs: 0 },
    boundMs: BOUND_MS,
    async run() {
      const host = await testLab.host(name, where);
      const from = now();
      const command = { step: 'ask for the time', script: 'date +%s.%N', timeoutMs: BOUND_MS, signal: testLab.stopped };
      const { stdout } = await run(host, command);
      return judgeClock({ from, told: Number(stdout) * 1000, to: now() });
    },
  };
}
