import { LabError } from '../../base/errors.ts';
import { shellScript } from '../../base/shell-script.ts';
import { LOOPBACK } from '../../deployment/why-unreachable.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { hasTls } from '../../lab-file/listeners.ts';
import { renderAcl } from '../../mosquitto/acl.ts';
import { ACL, CONFIG_FOLDER, LAB_CONF, PASSWD, TLS_FILES } from '../../mosquitto/paths.ts';
import { type Facts, gatherFacts, type Query } from '../../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../../provisioning/resources/processes.ts';
import { type Check, type Finding, type NamedCheck, notApplicable } from '../harness/check.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { fileEvidence, namesOf, passwdQuery, rulesOf } from './files.ts';
import { judgeList } from './judge-list.ts';

const BOUND_MS = 60_000;

const USERS = passwdQuery(PASSWD);
const RIGHTS: Query = { id: 'rights', script: `cat ${ACL}` };
const CONF: Query = { id: 'conf', script: `cat ${LAB_CONF}` };
const LISTENERS: Query = {
  id: 'listeners',
  script: `${PROCESS_FUNCTIONS}\n${shellScript('listeners.sh', import.meta.url)}`,
};

const TLS: Query = { id: 'tls-files', script: `stat -c '%n %U %a' ${Object.values(TLS_FILES).join(' ')}` };

/** A list on the broker host that must have exactly the entries of the lab file. */
type StateCheck = NamedCheck & {
  readonly query: Query;
  read(text: string): string[];
  expected(lab: Lab): string[];
  /** @default every lab */
  appliesTo?(lab: Lab): boolean;
  /** The file that the record shows. */
  readonly file: { readonly path: string; readonly query: Query };
};

const CHECKS: readonly StateCheck[] = [
  {
    id: 'install.listeners',
    claim: 'the broker listens exactly where the lab file says',
    query: LISTENERS,
    read: listeningPorts,
    expected: ({ broker }) => broker.listeners.map(({ port, bind }) => portText(port, bind === 'loopback')),
    file: { path: LAB_CONF, query: CONF },
  },
  {
    id: 'install.users',
    subject: { kind: 'broker file' },
    claim: "the broker's password file has exactly the lab file's users with a password",
    query: USERS,
    read: namesOf,
    expected: ({ users }) => users.flatMap(({ name, password }) => (password === undefined ? [] : [name])),
    file: { path: PASSWD, query: USERS },
  },
  {
    id: 'install.rights',
    subject: { kind: 'broker file' },
    claim: "the broker's ACL file gives exactly the lab file's rights",
    query: RIGHTS,
    read: rulesOf,
    expected: (lab) => rulesOf(renderAcl(lab)),
    file: { path: ACL, query: RIGHTS },
  },
  {
    id: 'install.tls-files',
    claim: "only the broker's user may read the broker's key and the other files of its listeners with TLS",
    query: TLS,
    read: (text) => text.split('\n').filter((line) => line !== ''),
    expected: () => Object.values(TLS_FILES).map((path) => `${path} mosquitto 600`),
    appliesTo: hasTls,
    file: { path: CONFIG_FOLDER, query: TLS },
  },
];

/** What no message shows, since no client uses it: another port, another user, a right on a topic without messages. */
export function brokerState(testLab: TestLab): Check[] {
  const { lab, live } = testLab;
  const { host: where } = live.broker;
  let facts: Promise<Facts> | undefined;
  const checks = CHECKS.filter(({ appliesTo = () => true }) => appliesTo(lab));
  return checks.map(({ query, read, expected, file, appliesTo: _, ...named }): Check => {
    if (where === undefined) return notApplicable(named, 'the lab never logs in to the host of an external broker');
    const judge = (found: Facts): Finding => ({
      ...judgeList(read(found.get(query).output), expected(lab)),
      evidence: [fileEvidence(file.path, found.get(file.query).output)],
    });
    const gather = async () =>
      await gatherFacts(
        await testLab.host('broker', where),
        [...new Set(checks.flatMap(({ query, file }) => [query, file.query]))],
        testLab.stopped,
      );
    return {
      ...named,
      expected: expected(lab),
      host: 'broker',
      needs: [{ host: 'broker', of: 'commands' }],
      boundMs: BOUND_MS,
      async run() {
        facts ??= gather();
        return await facts.then(judge, withoutRoot);
      },
    };
  });
}

/** These files need root, which no other check of `verify` needs. */
function withoutRoot(error: unknown): Finding {
  if (!(error instanceof LabError) || !error.message.includes('sudo')) throw error;
  const reason = 'only root may read the files, and sudo asks for a password on the broker host';
  return { verdict: 'skipped', observed: null, reason };
}

/** The ports in local addresses of /proc/net/tcp, such as `00000000:075B`, each once; an address there has its bytes reversed. */
export function listeningPorts(text: string): string[] {
  const ports = text.split('\n').flatMap((line) => {
    const [, address = '', port] = /^([0-9A-F]{8,32}):([0-9A-F]{4})$/.exec(line.trim()) ?? [];
    const isLoopback = LOOPBACK.test(address);
    return port === undefined ? [] : [portText(Number.parseInt(port, 16), isLoopback)];
  });
  return [...new Set(ports)];
}

function portText(port: number, isLoopback: boolean): string {
  return isLoopback ? `${port} on loopback` : String(port);
}
