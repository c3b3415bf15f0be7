import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { fileEvidence, namesOf, passwdQuery, rulesOf } from '../../../../checks/install/files.ts';
import { passwdEntry } from '../../../../mosquitto/passwd.ts';
import { folderFor, sh } from '../../_sh.ts';

const SALT = Buffer.from('0123456789ab');
const ENTRY = passwdEntry('sam', SALT);

/** [line of the password file; the same in a record] */
const lines: readonly (readonly [line: string, shown: string])[] = [
  [`sam:${ENTRY}`, `sam:$7$1000$${SALT.toString('base64').slice(0, 4)}…$${ENTRY.split('$')[4]?.slice(0, 4)}…`],
  ['old:$6$c2FsdHNhbHQ=$aGFzaGhhc2hoYXNo', 'old:$6$c2Fs…$aGFz…'],
  ['plain:secret', 'plain:…'],
  ['half:$7$1000$c2FsdA==', 'half:$7$1000…$c2Fs…'],
  ['none:$7$1000', 'none:…'],
  ["it's:$7$1$/+ab=$+/cd==", "it's:$7$1$/+ab…$+/cd…"],
  ['noname', 'noname'],
  [ENTRY, `${ENTRY.slice(0, 16)}…`],
  ['', ''],
];

for (const [line, shown] of lines) {
  test(`shortens the password file's line ${line === '' ? '(empty)' : line.slice(0, 12)}`, (t) => {
    const file = join(folderFor(t), "pass'wd");
    writeFileSync(file, `${line}\n`);
    t.is(sh(passwdQuery(file).script).stdout, `${shown}\n`);
  });
}

test('reads the names of a password file, and the lines of a file', (t) => {
  t.deepEqual(namesOf('sam:$7$1$ab…$cd…\n\nmallory\n:x\n'), ['sam', 'mallory']);
  t.deepEqual(fileEvidence('/a', '# b\n\nc\n'), { kind: 'file', path: '/a', lines: ['# b', '', 'c'] });
});

test('reads rules with their users, and rules for every client', (t) => {
  t.deepEqual(rulesOf('# a lab\n\ntopic read all\nuser sam\ntopic write status\n\nuser alice\ntopic read #\n'), [
    'every client: topic read all',
    'sam: topic write status',
    'alice: topic read #',
  ]);
});
