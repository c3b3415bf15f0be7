import test from 'ava';
import { grantingLines } from '../../../../checks/run/acl-lines.ts';

const ACL = `# made by mqtt-lab
topic read news

user sam
topic write status
topic test
topic deny secret

user alice
topic read status
topic readwrite home/#
pattern read devices/%u/state
pattern write clients/%c
`;

/** [user; topic; access; numbers of the lines that give the right] */
const RIGHTS: readonly (readonly [user: string, topic: string, access: 'read' | 'write', lines: readonly number[]])[] =
  [
    ['sam', 'status', 'write', [5]],
    ['sam', 'status', 'read', []],
    ['sam', 'test', 'read', [6]],
    ['sam', 'secret', 'read', []],
    ['sam', 'news', 'read', []],
    ['alice', 'status', 'read', [10]],
    ['alice', 'home/hall', 'write', [11]],
    ['alice', 'devices/alice/state', 'read', [12]],
    ['sam', 'devices/alice/state', 'read', []],
    ['sam', 'clients/any', 'write', [13]],
  ];

for (const [user, topic, access, lines] of RIGHTS) {
  test(`lines that let ${user} ${access} ${topic}: ${lines.join(', ') || 'none'}`, (t) => {
    t.deepEqual(
      grantingLines(ACL, { user, topic, access }).map(({ line }) => line),
      lines,
    );
  });
}
