import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { takeOver, takeOverScript } from '../../../mosquitto/take-over.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { folderFor, programsFor, sh } from '../_sh.ts';
import { itemTexts, planOf } from './_resource.ts';

const MAIN = '/etc/mosquitto/mosquitto.conf';
const LAB_CONF = '/etc/mosquitto/conf.d/lab.conf';

/** A folder instead of the root of a host with a Mosquitto, where `run` runs a script. */
function host(t: ExecutionContext) {
  const root = folderFor(t);
  mkdirSync(join(root, 'etc/mosquitto/conf.d'), { recursive: true });
  const run = (script: string, programs: Readonly<Record<string, string>> = {}) => {
    const local = script.replaceAll('/etc/mosquitto', `${root}/etc/mosquitto`).replaceAll('/var/lib', root);
    return sh(local, { path: programsFor(t, programs) });
  };
  return { root, backup: join(root, 'mqtt-lab/two/files', root, 'etc/mosquitto'), run };
}

test('names each file that it moves and each process that it stops', (t) => {
  const { items, change } = planOf(
    takeOver(labOf(TWO_USERS)),
    'file /etc/mosquitto/conf.d/mine.conf\nport 1883 7 mosquitto',
  );
  t.deepEqual(itemTexts(items), ['remove file /etc/mosquitto/conf.d/mine.conf', 'remove process 7 mosquitto']);
  t.regex(change?.summary ?? '', /^take over: .*conf\.d\/mine\.conf.*; port 1883 .*process 7: mosquitto$/);
});

test('moves a file of any name to the backup, and keeps an earlier copy', (t) => {
  const { root, backup, run } = host(t);
  const name = "it's; rm x.conf";
  const path = join(root, 'etc/mosquitto/conf.d', name);
  const script = takeOverScript('two', [{ kind: 'file', path: `/etc/mosquitto/conf.d/${name}`, reason: '' }]);
  for (const text of ['first', 'second']) {
    writeFileSync(path, text);
    const { code, stderr } = run(script);
    t.is(code, 0, stderr);
    t.false(existsSync(path));
    t.is(readFileSync(join(backup, 'conf.d', name), 'utf8'), text);
  }
  t.regex(sh(`cat '${backup}'/conf.d/*.conf.*`).stdout, /^first$/);
});

test("moves another lab's files, and those that its lab.conf names", (t) => {
  const { root, backup, run } = host(t);
  const files = ['conf.d/lab.conf', 'lab.passwd', 'lab.acl'];
  for (const file of files) writeFileSync(join(root, 'etc/mosquitto', file), file);
  const { code, stderr } = run(takeOverScript('two', [{ kind: 'lab', path: LAB_CONF, name: 'other' }]));
  t.is(code, 0, stderr);
  for (const file of files) {
    t.false(existsSync(join(root, 'etc/mosquitto', file)));
    t.is(readFileSync(join(backup, file), 'utf8'), file);
  }
});

test('keeps the main file where apt cannot fetch the package that replaces it', (t) => {
  const { root, backup, run } = host(t);
  const main = join(root, 'etc/mosquitto/mosquitto.conf');
  writeFileSync(main, 'own');
  const script = takeOverScript('two', [{ kind: 'file', path: MAIN, reason: '' }]);
  const apt = (output: string) => run(script, { 'dpkg-query': 'exit 0', 'apt-get': output });
  const refused = "echo 'Reinstallation of mosquitto is not possible, it cannot be downloaded.'";
  t.is(apt(refused).code, 1);
  t.is(apt('exit 100').code, 100);
  t.is(readFileSync(main, 'utf8'), 'own');
  const { code, stderr } = apt(`[ -e '${main}' ] || echo new >'${main}'`);
  t.is(code, 0, stderr);
  t.is(readFileSync(main, 'utf8'), 'new\n');
  t.is(readFileSync(join(backup, 'mosquitto.conf'), 'utf8'), 'own');
});

test('does not stop a process that is no longer a Mosquitto', (t) => {
  const script = takeOverScript('two', [{ kind: 'port', port: 1884, pid: 1, command: 'mosquitto' }]);
  const { code, stderr } = host(t).run(script);
  t.is(code, 1);
  t.regex(stderr, /process 1 is no Mosquitto/);
});
