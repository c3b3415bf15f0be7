import type { Lab, Topic } from '../lab-file/lab.ts';
import { may, writes } from '../lab-file/may.ts';
import { ownHeader } from './conf.ts';

/**
 * /etc/mosquitto/lab.acl: a `user` section for each user with rights, a `topic` line for each topic (mosquitto.conf(5), acl_file).
 * Mosquitto publishes a last will under its owner's write permission, so a right to leave one is a right to write.
 */
export function renderAcl(lab: Lab): string {
  const sections = lab.users.flatMap(({ name }) => {
    const rules = lab.topics.flatMap((topic) => rule(lab, name, topic));
    return rules.length === 0 ? [] : [`\nuser ${name}\n${rules.join('\n')}\n`];
  });
  return `${ownHeader(lab.name)}\n${sections.join('')}`;
}

function rule(lab: Lab, user: string, { name: topic }: Topic): string[] {
  const write = writes(lab, user, topic);
  const read = may(lab, user, 'subscribe', topic);
  if (!write && !read) return [];
  return [`topic ${write && read ? 'readwrite' : write ? 'write' : 'read'} ${topic}`];
}
