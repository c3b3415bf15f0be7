import test from 'ava';
import { ClientLimit, loginLines, unreadable } from '../../../../probes/clients/option-file.ts';

test('writes a login as the clients read it', (t) => {
  t.deepEqual(loginLines({ user: 'sam', password: 'p a' }), ['-u sam', '-P p a']);
  t.deepEqual(loginLines({ user: 'sam' }), ['-u sam']);
});

const LONGEST = 'x'.repeat(1_020);

for (const text of [`${LONGEST}x`, `${'ü'.repeat(510)}x`, 'two\nlines', 'two\rlines', 'a\0b']) {
  test(`refuses a password and a user name that the clients would split: ${JSON.stringify(text.slice(-6))}`, (t) => {
    t.throws(() => loginLines({ user: 'sam', password: text }), { instanceOf: ClientLimit });
    t.regex(unreadable({ user: text }) ?? '', /user name/);
    t.regex(unreadable({ user: 'sam', password: text }) ?? '', /cannot read a password/);
  });
}

test('takes the longest line that the clients read in one piece', (t) => {
  t.is(unreadable({ user: LONGEST, password: LONGEST }), undefined);
});
