import { idWord } from '../../../checks/harness/check.ts';
import { publisherOf } from '../../../checks/harness/roles.ts';
import type { Lab } from '../../../lab-file/lab.ts';
import { may } from '../../../lab-file/may.ts';
import { renderAcl } from '../../../mosquitto/acl.ts';
import { ACL, LAB_CONF } from '../../../mosquitto/paths.ts';
import { type AclLine, aclText, parseAcl, type RightChange, rightChanges } from '../acl-lines.ts';
import { RESTORE_BROKER, rewrite } from '../machine-scripts.ts';
import type { DeploymentMutant } from '../mutant.ts';

/** A topic that only a too wide wildcard grants: no lab file declares it. */
const UNDECLARED = 'nobody/has/declared/this';
const SYS = '$SYS/broker/uptime';

/** Every fault of every line in the lab's ACL file. */
export function aclMutants(lab: Lab): DeploymentMutant[] {
  const lines = parseAcl(renderAcl(lab));
  return [...lines.flatMap((line, index) => lineMutants(lab, lines, line, index)), ...sysMutants(lab, lines), ...whole];
}

type Variant = { readonly name: string; readonly what: string; readonly line: AclLine | undefined };

function lineMutants(lab: Lab, lines: readonly AclLine[], line: AclLine, index: number): DeploymentMutant[] {
  const others = lab.users.map(({ name }) => name).filter((name) => name !== line.user);
  const accesses = (['read', 'write', 'readwrite'] as const).filter((access) => access !== line.access);
  const shown = `\`topic ${line.access} ${line.topic}\` of ${line.user}`;
  const variants: Variant[] = [
    { name: 'removed', what: `${shown} is missing`, line: undefined },
    ...accesses.map((access) => ({
      name: access,
      what: `${shown} has ${access} instead`,
      line: { ...line, access },
    })),
    { name: 'everything', what: `${shown} has # instead of the topic`, line: { ...line, topic: '#' } },
    ...others.map((user) => ({
      name: `given-to-${user}`,
      what: `${shown} is in the section of ${user}`,
      line: { ...line, user },
    })),
  ];
  return variants.flatMap((variant) => {
    const after = lines.flatMap((other, place) => (place === index ? (variant.line ?? []) : [other]));
    const mutant = rewritten(lab, lines, after, `acl.${line.topic}.${line.user}.${variant.name}`, variant.what);
    // the changed line grants the same rights
    return mutant.caughtBy.length === 0 ? [] : [mutant];
  });
}

function sysMutants(lab: Lab, lines: readonly AclLine[]): DeploymentMutant[] {
  return lab.users.map(({ name: user }) =>
    rewritten(
      lab,
      lines,
      [...lines, { user, access: 'read', topic: '$SYS/#' }],
      `acl.sys.${user}`,
      `${user} may read $SYS/#`,
    ),
  );
}

function rewritten(
  lab: Lab,
  before: readonly AclLine[],
  after: readonly AclLine[],
  name: string,
  what: string,
): DeploymentMutant {
  const users = lab.users.map((user) => user.name);
  const topics = [...lab.topics.map((topic) => topic.name), UNDECLARED, SYS];
  return {
    kind: 'deployment',
    machine: 'broker',
    name,
    what,
    mutate: rewrite(ACL, aclText(after)),
    restore: RESTORE_BROKER,
    caughtBy: killersOf(lab, rightChanges(before, after, users, topics)),
  };
}

/** The checks that show gained and lost rights by their effect, or the check of the file where they have no effect. */
function killersOf(lab: Lab, changes: readonly RightChange[]): string[] {
  const killers = new Set(changes.flatMap((change) => killerOf(lab, change, changes)));
  return killers.size === 0 ? ['install.rights'] : [...killers];
}

function killerOf(lab: Lab, { user, right, topic, change }: RightChange, all: readonly RightChange[]): string[] {
  const hasAlso = (who: string | undefined, other: Partial<RightChange>) =>
    all.some((seen) => seen.user === who && seen.topic === topic && isLike(seen, other));
  if (topic === SYS) return right === 'read' ? [`acl.sys.${idWord(user)}`] : [];
  if (topic === UNDECLARED) {
    // only a user who may also write the topic can show the right to read it; MQTT 5's reason code shows the right to write
    if (right === 'read') return [];
    return [`acl.undeclared.${idWord(user)}${hasAlso(user, { right: 'read', change: 'gained' }) ? '' : '.v5'}`];
  }
  if (right === 'read') {
    const writer = publisherOf(lab, topic)?.name;
    // no publisher is left whose message would show it
    if (change === 'gained' && hasAlso(writer, { right: 'write', change: 'lost' })) return [];
    return [`acl.subscribe.${idWord(topic)}.${idWord(user)}`];
  }
  // a user who may write only for a last will shows the lost right by its last will
  const isForWill = change === 'lost' && !may(lab, user, 'publish', topic);
  return [`acl.${isForWill ? 'will' : 'publish'}.${idWord(topic)}.${idWord(user)}`];
}

function isLike(seen: RightChange, { right, change }: Partial<RightChange>): boolean {
  return seen.right === right && seen.change === change;
}

const whole: readonly DeploymentMutant[] = [
  {
    kind: 'deployment',
    machine: 'broker',
    name: 'acl.off',
    what: 'the broker loads no ACL file, so every user may do everything',
    mutate: `sed -i '/^acl_file/d' ${LAB_CONF}\nrestart`,
    restore: RESTORE_BROKER,
    caughtBy: ['acl.publish.test.alice', 'acl.subscribe.status.sam', 'acl.subscribe.test.sam'],
  },
  {
    kind: 'deployment',
    machine: 'broker',
    name: 'acl.unreadable',
    what: 'the broker does not start, since it may not read the ACL file',
    mutate: `chown root:root ${ACL}\nchmod 600 ${ACL}\nrestart`,
    restore: RESTORE_BROKER,
    caughtBy: ['reach.this-machine', 'reach.pi'],
  },
];
