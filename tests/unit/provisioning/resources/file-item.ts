import test from 'ava';
import { maskConf } from '../../../../mosquitto/conf.ts';
import { maskPasswd } from '../../../../mosquitto/passwd.ts';
import { fileItem } from '../../../../provisioning/resources/file-item.ts';
import type { WantedFile } from '../../../../provisioning/resources/files.ts';
import { planLines } from '../../../../terminal/plan-lines.ts';

const ownership = { owner: 'mosquitto', group: 'mosquitto', mode: '600' };
const wanted: WantedFile = { path: '/etc/x', ...ownership, content: 'one\ntwo\nthree\n' };
const found = (content: string) => ({ ...ownership, content });
const diffOf = (content: string, file = wanted) => fileItem(found(content), file).diff;

/** [case; the found file; the item's action and detail; its diff] */
const rows = [
  ['nothing', undefined, undefined, 'create missing', '@@ -1,0 +1,3 @@\n+one\n+two\n+three'],
  ['a symbolic link', undefined, 'symbolic link', 'change is a symbolic link', '@@ -1,0 +1,3 @@\n+one\n+two\n+three'],
  ['the same', found(wanted.content), undefined, 'unchanged', undefined],
  ['another mode', { ...found(wanted.content), mode: '644' }, undefined, 'change mode', undefined],
  ['another line', found('one\n2\nthree\n'), undefined, 'change content', '@@ -1,3 +1,3 @@\n one\n-2\n+two\n three'],
  [
    'no line end',
    found('one\ntwo\nthree'),
    undefined,
    'change content',
    '@@ -1,3 +1,3 @@\n one\n two\n-three\n\\ No newline at end of file\n+three',
  ],
  ['an empty file', found(''), undefined, 'change content', '@@ -1,0 +1,3 @@\n+one\n+two\n+three'],
] as const;

for (const [name, file, instead, expected, diff] of rows) {
  test(`found: ${name}`, (t) => {
    const item = fileItem(file, wanted, instead);
    t.deepEqual([item.action, item.detail].filter(Boolean).join(' '), expected);
    t.is(item.diff, diff);
  });
}

test('shows the first few of ten thousand lines, the wanted ones first, without delay', (t) => {
  const begin = performance.now();
  const lines = diffOf('x\n'.repeat(10_000))?.split('\n') ?? [];
  t.true(performance.now() - begin < 2000);
  t.deepEqual(lines.slice(0, 5), ['@@ -1,10000 +1,3 @@', '+one', '+two', '+three', '-x']);
  t.is(lines.at(-1), '… 9944 more lines');
  t.true(lines.length < 100);
});

test('cuts long lines', (t) => {
  t.true((diffOf(`${'x'.repeat(1_000_000)}\n`) ?? '').length < 1000);
});

test('makes control characters of a file visible', (t) => {
  const hostile = 'one\n\u001B]0;title\u0007\u001B[2J\u009B31mred\rover\u0000two\n';
  const item = fileItem(found(hostile), wanted);
  const plan = { docker: [], hosts: [{ name: 'broker', place: { kind: 'ssh' }, items: [item] }] } as const;
  const shown = planLines(plan, (_, text) => text).join('\n');
  t.regex(shown, /-.*title.*red.*over.*two/);
  t.notRegex(shown, /[^\P{Cc}\n]/u);
});

const HASH = '$7$1000$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNo';

test('shows a changed password as a changed line without salt and hash', (t) => {
  const passwd: WantedFile = {
    path: '/etc/p',
    ...ownership,
    content: `sam:${HASH}new\nbob:${HASH}\n`,
    mask: maskPasswd,
  };
  t.is(diffOf(`sam:${HASH}\nbob:${HASH}\n`, passwd), '@@ -1,2 +1,2 @@\n-sam:(hidden)\n+sam:(hidden)\n bob:(hidden)');
  const hostile = diffOf(`sam\nswordfish\n:swordfish\nal:swordfish:swordfish\n$7$swordfish:x`, passwd) ?? '';
  t.regex(hostile, /-al:\(hidden\)\n/);
  t.false(/swordfish/.test(hostile), hostile);
});

/** [line of mosquitto.conf; the shown line] */
const confLines = [
  ['listener 1883', 'listener 1883'],
  ['password_file /etc/mosquitto/lab.passwd', 'password_file /etc/mosquitto/lab.passwd'],
  ['bridge_password swordfish', 'bridge_password (hidden)'],
  ['  remote_password /swordfish fish', '  remote_password (hidden)'],
  ['bridge_psk 0123', 'bridge_psk (hidden)'],
  ['psk_file /etc/psk', 'psk_file /etc/psk'],
  ['#bridge_password swordfish', '#bridge_password (hidden)'],
  ['auth_opt_db_pass swordfish', 'auth_opt_db_pass (hidden)'],
  ['tls_engine_kpass_sha1 abc', 'tls_engine_kpass_sha1 (hidden)'],
] as const;

for (const [line, shown] of confLines) {
  test(`masks the line of mosquitto.conf: ${line}`, (t) => {
    t.is(maskConf(line), shown);
  });
}
