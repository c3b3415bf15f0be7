import test from 'ava';
import { Secret } from '../../../../base/secret.ts';
import { login, takesPassword } from '../../../../provisioning/hosts/login.ts';
import { type Refusal, refusalOf } from '../../../../provisioning/hosts/root-access.ts';

const password = new Secret('hunter2');
const key = { type: 'publickey', username: 'pi', key: 'KEY' } as const;

/** [number of keys; whether there is a password; methods that the host offers after each attempt; the attempts] */
const logins: readonly (readonly [
  keys: number,
  password: boolean,
  left: readonly (readonly string[])[],
  tried: readonly string[],
])[] = [
  [2, false, [['publickey'], ['publickey']], ['publickey', 'publickey']],
  [0, false, [['publickey']], ['none']],
  [0, true, [['publickey', 'password']], ['none', 'password']],
  [
    1,
    true,
    [
      ['publickey', 'password'],
      ['publickey', 'password'],
    ],
    ['publickey', 'password'],
  ],
  [1, true, [['publickey', 'keyboard-interactive'], []], ['publickey', 'keyboard-interactive']],
  [2, true, [['password'], ['password']], ['publickey', 'password']],
  [1, true, [['publickey'], ['publickey']], ['publickey']],
];

for (const [keys, has, left, tried] of logins) {
  test(`tries ${keys} keys, password ${has}, on a host that accepts ${JSON.stringify(left)}`, (t) => {
    const attempt = login(
      'pi',
      Array.from({ length: keys }, () => key),
      has ? password : undefined,
    );
    const found: string[] = [];
    for (const methods of [null, ...left]) {
      const next = attempt.next(methods);
      if (next === false) break;
      found.push(next.type);
    }
    t.deepEqual(found, [...tried]);
    t.is(
      attempt.hasTriedPassword(),
      tried.some((method) => method.startsWith('password') || method.startsWith('keyboard')),
    );
  });
}

test('answers only the first hidden question with the password', (t) => {
  const attempt = login('pi', [], password);
  attempt.next(null);
  const next = attempt.next(['keyboard-interactive']);
  if (next === false || next.type !== 'keyboard-interactive') return t.fail();
  const questions = [
    { prompt: 'Your name: ', echo: true },
    { prompt: 'Password: ', echo: false },
    { prompt: 'Code: ', echo: false },
  ];
  next.prompt('', '', '', questions, (answers) => t.deepEqual(answers, ['', 'hunter2', '']));
  t.deepEqual([['password'], ['keyboard-interactive'], ['publickey']].map(takesPassword), [true, true, false]);
});

/** [exit code; what sudo said; what that means] */
const refusals: readonly (readonly [code: number, stderr: string, refusal: Refusal])[] = [
  [1, 'sudo: a password is required\n', 'asks'],
  [
    1,
    'sudo: a terminal is required to read the password; either use the -S option or …\nsudo: a password is required\n',
    'asks',
  ],
  [1, 'sudo: interactive authentication is required\n', 'asks'],
  [1, 'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n', 'wrong password'],
  [1, 'sudo: Authentication failed, try again.\nsudo: Maximum 3 incorrect authentication attempts\n', 'wrong password'],
  [1, 'otto is not in the sudoers file.\n', 'not permitted'],
  [1, "Sorry, user otto is not allowed to execute '/usr/bin/true' as root on pi.\n", 'not permitted'],
  [1, "sudo: I'm sorry otto. I'm afraid I can't do that\n", 'not permitted'],
  [127, 'env: ‘sudo’: No such file or directory\n', 'absent'],
  [1, 'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n', 'other'],
  [255, '', 'other'],
];

for (const [code, stderr, meant] of refusals) {
  test(`reads sudo's message ${JSON.stringify(stderr)}`, (t) => t.is(refusalOf({ code, stderr }), meant));
}
