import { covers } from '../../base/topic.ts';

export type AclLine = { readonly line: number; readonly rule: string };

/** Rules of mosquitto.conf(5)'s ACL file: `topic [read|write|readwrite|deny] FILTER`, or `pattern` with %u and %c. */
const RULE = /^(topic|pattern) (?:(read|write|readwrite|deny) )?(.+)$/;

/** The lines of an ACL file that give a user a right on a topic. A rule before the first `user` is for anonymous clients. */
export function grantingLines(
  acl: string,
  { user, topic, access }: { readonly user: string; readonly topic: string; readonly access: 'read' | 'write' },
): AclLine[] {
  let section: string | undefined;
  return acl.split('\n').flatMap((text, index) => {
    const rule = text.trim();
    section = /^user (.+)$/.exec(rule)?.[1] ?? section;
    const [, kind, given = 'readwrite', filter = ''] = RULE.exec(rule) ?? [];
    if (kind === undefined || (kind === 'topic' && section !== user)) return [];
    // a client id is unknown here, so %c stands for any
    const concrete = kind === 'topic' ? filter : filter.replaceAll('%u', user).replaceAll('%c', '+');
    return given.includes(access) && covers(concrete, topic) ? [{ line: index + 1, rule }] : [];
  });
}
