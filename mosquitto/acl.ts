import type { Lab, Rule } from '../lab-file/lab.ts';
import { filterFor, type TopicAction } from '../lab-file/may.ts';
import { ownHeader } from './conf.ts';

/**
 * /etc/mosquitto/lab.acl (mosquitto.conf(5), acl_file): a `user` section for each user with rights, whose rules are in the
 * order of the lab file, then `pattern` rules for every user. Mosquitto publishes a last will under its owner's write
 * permission, so a right to leave one is a right to write.
 */
export function renderAcl({ name, users, groups, rules }: Lab): string {
  const comments = groups.map((group) => `# group ${group.name}: ${group.users.join(', ') || 'nobody'}`);
  return [
    [ownHeader(name)],
    comments,
    ...users.map((user) =>
      headed(
        `user ${user.name}`,
        rules.flatMap((rule) => topicLine(rule, user.name)),
      ),
    ),
    headed('# every user', rules.flatMap(patternLine)),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function headed(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [head, ...lines];
}

/** The line of a user. What a pattern gives every user is left to the pattern. */
function topicLine({ filter, deny, patterns, ...rights }: Rule, user: string): string[] {
  const own = filterFor(filter, { user });
  if (own === undefined) return [];
  if (deny.includes(user)) return [`topic deny ${own}`];
  const access = accessOf((action) => rights[action].includes(user) && !patterns.includes(action));
  return access === undefined ? [] : [`topic ${access} ${own}`];
}

function patternLine({ filter, patterns }: Rule): string[] {
  const access = accessOf((action) => patterns.includes(action));
  return access === undefined ? [] : [`pattern ${access} ${filter}`];
}

function accessOf(has: (action: TopicAction) => boolean): 'readwrite' | 'write' | 'read' | undefined {
  const isWriter = has('publish') || has('lastWill');
  if (isWriter && has('subscribe')) return 'readwrite';
  if (isWriter) return 'write';
  return has('subscribe') ? 'read' : undefined;
}
