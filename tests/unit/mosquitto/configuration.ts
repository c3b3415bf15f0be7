import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { renderAcl } from '../../../mosquitto/acl.ts';
import { renderConf } from '../../../mosquitto/conf.ts';
import { configuration } from '../../../mosquitto/configuration.ts';
import { renderPasswd } from '../../../mosquitto/passwd.ts';
import { factsOf } from '../_facts.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { folderFor, sh, syntaxError } from '../_sh.ts';

const lab = labOf(`${TWO_USERS}topics: { a: { publish: [sam], subscribe: [alice] } }`);
const CONF = '/etc/mosquitto/conf.d/lab.conf';
const PASSWD = '/etc/mosquitto/lab.passwd';
const ACL = '/etc/mosquitto/lab.acl';

/** A host's answer about a file. */
const file = (content: string, ownership = 'mosquitto mosquitto 600') =>
  `${ownership}\n${Buffer.from(content).toString('base64')}`;

const unchanged = new Map([
  [`file:${CONF}`, file(renderConf(lab))],
  [`file:${PASSWD}`, file(renderPasswd(lab.users, ''))],
  [`file:${ACL}`, file(renderAcl(lab))],
]);

/** [files that differ, undefined for a missing one; the change's summary] */
const rows: readonly (readonly [name: string, Readonly<Record<string, string | undefined>>, string | undefined])[] = [
  ['unchanged', {}, undefined],
  ['the passwd file missing', { [PASSWD]: undefined }, `write ${PASSWD} (missing)`],
  ['another passwd entry', { [PASSWD]: file('sam:x\nalice:y\n') }, `write ${PASSWD} (content)`],
  ['an ACL that everybody may read', { [ACL]: file(renderAcl(lab), 'mosquitto mosquitto 644') }, `write ${ACL} (mode)`],
  ["root's ACL", { [ACL]: file(renderAcl(lab), 'root root 600') }, `write ${ACL} (owner)`],
  [
    'all of them',
    { [CONF]: file('x'), [PASSWD]: undefined, [ACL]: undefined },
    `write ${CONF} (content), ${PASSWD} (missing), ${ACL} (missing)`,
  ],
];

for (const [name, changed, summary] of rows) {
  test(name, (t) => {
    const answers = new Map(unchanged);
    for (const [path, answer] of Object.entries(changed)) {
      if (answer === undefined) answers.delete(`file:${path}`);
      else answers.set(`file:${path}`, answer);
    }
    t.is(configuration(lab).plan(factsOf(answers), []).change?.summary, summary);
  });
}

test('makes a valid script without passwords that tries the files before it moves any', (t) => {
  const script = configuration(lab).plan(factsOf(new Map()), []).change?.script ?? '';
  t.is(syntaxError(script), '');
  const trial = script.indexOf('"$binary" -v -c "$trial/mosquitto.conf"');
  t.true(trial > 0 && trial < script.indexOf('mv -fT'));
  t.false(/password: sam|\bsam:sam\b/.test(script));
});

test('does not wait for a trial broker that loses a TERM right after its start', (t) => {
  const folder = folderFor(t);
  mkdirSync(join(folder, 'conf.d'));
  writeFileSync(join(folder, 'mosquitto.conf'), `include_dir ${folder}/conf.d\n`);
  const binary = join(folder, 'broker');
  const open =
    "process.on('SIGTERM', () => {}); console.log('mosquitto version 0 running'); setInterval(() => {}, 1000)";
  writeFileSync(binary, `#!/bin/sh\nexec '${process.execPath}' -e "${open}"\n`, {
    mode: 0o755,
  });
  const script = (configuration(lab).plan(factsOf(new Map()), []).change?.script ?? '')
    .replaceAll('/usr/sbin/mosquitto', binary)
    .replaceAll('/etc/mosquitto', folder);
  const { code, stderr } = sh(`chown() { :; }\n${script}`);
  // a trial that waits for its broker for ever ends by the time-out of sh(), without a code
  t.is(code, 0, stderr);
  t.deepEqual(readdirSync(folder).toSorted(), ['broker', 'conf.d', 'lab.acl', 'lab.passwd', 'mosquitto.conf']);
});

test('replaces nothing where another lab has taken the host since the plan', (t) => {
  const folder = folderFor(t);
  mkdirSync(join(folder, 'conf.d'));
  const others = '# mqtt-lab "another": written from its lab file\n';
  writeFileSync(join(folder, 'conf.d', 'lab.conf'), others);
  const script = (configuration(lab).plan(factsOf(new Map()), []).change?.script ?? '').replaceAll(
    '/etc/mosquitto',
    folder,
  );
  const { code, stderr } = sh(`chown() { :; }\n${script}`);
  t.is(code, 1);
  t.regex(stderr, /lab\.conf now belongs to another lab/);
  t.is(readFileSync(join(folder, 'conf.d', 'lab.conf'), 'utf8'), others);
  t.deepEqual(readdirSync(folder), ['conf.d']);
});
