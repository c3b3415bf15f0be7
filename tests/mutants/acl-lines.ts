import { covers } from '../../base/topic.ts';

/** One `topic` line of an ACL file, in the section of its user (mosquitto.conf(5), acl_file). */
export type AclLine = { readonly user: string; readonly access: Access; readonly topic: string };
export type Access = 'read' | 'write' | 'readwrite';

/** A right that one ACL file gives and another does not. */
export type RightChange = {
  readonly user: string;
  readonly right: 'read' | 'write';
  readonly topic: string;
  readonly change: 'gained' | 'lost';
};

export function parseAcl(text: string): AclLine[] {
  const lines: AclLine[] = [];
  let user = '';
  for (const line of text.split('\n')) {
    user = /^user (.+)$/.exec(line)?.[1] ?? user;
    const [, access, topic] = /^topic (readwrite|read|write) (.+)$/.exec(line) ?? [];
    if (isAccess(access) && topic !== undefined) lines.push({ user, access, topic });
  }
  return lines;
}

export function aclText(lines: readonly AclLine[]): string {
  const users = [...new Set(lines.map(({ user }) => user))];
  const sections = users.map((user) => {
    const own = lines.filter((line) => line.user === user);
    return `user ${user}\n${own.map(({ access, topic }) => `topic ${access} ${topic}\n`).join('')}`;
  });
  return sections.join('\n');
}

/** The rights that users gain and lose on topics when the second file replaces the first. */
export function rightChanges(
  before: readonly AclLine[],
  after: readonly AclLine[],
  users: readonly string[],
  topics: readonly string[],
): RightChange[] {
  const places = users.flatMap((user) => topics.map((topic) => ({ user, topic })));
  return places.flatMap(({ user, topic }) =>
    (['read', 'write'] as const).flatMap((right): RightChange[] => {
      const [had, has] = [before, after].map((lines) => gives(lines, user, right, topic));
      return had === has ? [] : [{ user, right, topic, change: has ? 'gained' : 'lost' }];
    }),
  );
}

function gives(lines: readonly AclLine[], user: string, right: 'read' | 'write', topic: string): boolean {
  return lines.some((line) => line.user === user && line.access.includes(right) && covers(line.topic, topic));
}

function isAccess(text: string | undefined): text is Access {
  return text === 'read' || text === 'write' || text === 'readwrite';
}
