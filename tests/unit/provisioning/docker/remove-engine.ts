import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { NOTE_BEFORE, TOOLS_QUERY, toolsRecord } from '../../../../provisioning/docker/engine-record.ts';
import { type LocalEngine, toolsFate } from '../../../../provisioning/docker/engine-removal.ts';
import {
  END_ENGINE,
  FIREWALL_FUNCTIONS,
  FORGET_TOOLS,
  REMOVE_DATA,
} from '../../../../provisioning/docker/engine-removal-scripts.ts';
import { folderFor, sh } from '../../_sh.ts';

const ROOT = '/var/lib/docker';
const EMPTY: LocalEngine = { state: 'answers', contents: { root: ROOT, things: [] } };
const SILENT: LocalEngine = { state: 'silent' };
const GONE: LocalEngine = { state: 'gone' };
const holding = (...things: readonly { what: string; lab?: string }[]): LocalEngine => ({
  state: 'answers',
  contents: { root: ROOT, things },
});

const TOOLS_ALONE = 'recorded\nbefore /var/lib/docker used\nengine 7 /usr/sbin/dockerd';
const INSTALLED = 'recorded\nbefore /var/lib/docker absent\ninstalled\nengine 7 /usr/sbin/dockerd\nstarted 7';
const STARTED = 'recorded\nbefore /var/lib/docker used\nengine 7 /usr/sbin/dockerd\nstarted 7';

/** [what the engine says; what the machine tells; what becomes of it, in words] */
const rows: readonly (readonly [engine: LocalEngine, told: string, fate: string])[] = [
  [EMPTY, INSTALLED, 'leaves installed'],
  // by the package's own start script
  [EMPTY, INSTALLED.replace('\nstarted 7', ''), 'leaves installed'],
  [EMPTY, INSTALLED.replace('absent', 'empty'), 'leaves installed'],
  [EMPTY, STARTED, 'leaves started'],
  [EMPTY, TOOLS_ALONE, 'leaves none'],
  // other labs
  [EMPTY, `${INSTALLED}\nlab two`, 'the lab two is on this machine'],
  [EMPTY, `${TOOLS_ALONE}\nlab two`, 'the lab two is on this machine'],
  [holding({ what: 'image a:1', lab: 'two' }), INSTALLED, 'the lab two has its image a:1'],
  [holding({ what: 'image a:1', lab: 'two' }), TOOLS_ALONE, 'the lab two has its image a:1'],
  // somebody's things, which are none of the tools' business
  [holding({ what: 'volume data' }), TOOLS_ALONE, 'leaves none'],
  [holding({ what: 'volume data' }), INSTALLED, 'it has volume data'],
  [holding({ what: 'volume data' }, { what: 'network x' }), STARTED, 'it has volume data and 1 more'],
  [{ state: 'answers', contents: { root: '/srv', things: [] } }, INSTALLED, 'its data are in /srv'],
  [EMPTY, INSTALLED.replace('docker absent', 'docker used'), 'there was something in /var/lib/docker before the lab'],
  [
    EMPTY,
    INSTALLED.replace('before /var/lib/docker absent\n', ''),
    'there was something in /var/lib/docker before the lab',
  ],
  [EMPTY, `${INSTALLED}\nnamespace k8s.io`, 'containerd has the namespace k8s.io'],
  // other engines
  [EMPTY, `${INSTALLED}\nengine 8 /usr/bin/dockerd`, '2 dockerd run here'],
  [
    EMPTY,
    INSTALLED.replace('/usr/sbin/dockerd', '/usr/bin/dockerd'),
    "/usr/bin/dockerd runs, which is not docker.io's",
  ],
  [{ state: 'elsewhere' }, INSTALLED, "DOCKER_HOST or the Docker context is not this machine's own engine"],
  [SILENT, INSTALLED, 'it does not answer, so what is in it is not to be known'],
  // a `down` was killed: after it has ended the engine, and after that is removed
  [SILENT, 'recorded\nbefore /var/lib/docker absent\ninstalled\nleaving', 'leaves installed'],
  [GONE, 'recorded\nbefore /var/lib/docker absent\ninstalled\nleaving', 'leaves installed'],
  // an engine that was started again meanwhile is asked
  [holding({ what: 'volume data' }), `${INSTALLED}\nleaving`, 'it has volume data'],
  [SILENT, `${INSTALLED}\nleaving`, 'it does not answer, so what is in it is not to be known'],
  // removed by somebody else, with or without what it had
  [GONE, 'recorded\nbefore /var/lib/docker absent\ninstalled', 'leaves none'],
];

for (const [engine, told, expected] of rows) {
  test(`${JSON.stringify(engine)}, ${told.replaceAll('\n', ' | ')}`, (t) => {
    const record = toolsRecord(told);
    if (record === undefined) return t.fail('no record');
    const found = toolsFate(engine, record);
    t.is(found.fate === 'stays' ? found.why : `leaves ${found.engine}`, expected);
  });
}

test('without a record the lab has had no part in the engine', (t) => {
  t.is(toolsRecord(''), undefined);
});

test('the scripts are shell, and none removes a path that a variable alone tells', (t) => {
  for (const script of [NOTE_BEFORE, TOOLS_QUERY.script, END_ENGINE, REMOVE_DATA, FORGET_TOOLS]) {
    t.like(sh(`sh -n <<'SCRIPT'\n${script}\nSCRIPT`), { code: 0, stderr: '' });
    for (const [, target = ''] of script.matchAll(/\brm -rf (?:--one-file-system )?(.*)/g)) {
      t.regex(target, /^\/(run|var\/lib)\/[a-z./-]+$/);
    }
  }
});

test('what was there is noted once; a later installation goes on from it and not from a removal', (t) => {
  const folder = folderFor(t);
  mkdirSync(join(folder, 'docker'), { mode: 0o755 });
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/daemon.json'), '{}');
  const note = NOTE_BEFORE.replaceAll('/var/lib/mqtt-lab', join(folder, 'mqtt-lab'))
    .replaceAll('/var/lib/docker', join(folder, 'docker'))
    .replaceAll('/var/lib/containerd', join(folder, 'containerd'))
    .replaceAll('/etc/docker', join(folder, 'etc'))
    .replaceAll('/opt/containerd', join(folder, 'opt'));
  const read = () => readFileSync(join(folder, 'mqtt-lab/.tools/before'), 'utf8').replaceAll(`${folder}/`, '');
  t.like(sh(note), { code: 0, stderr: '' });
  t.regex(
    read(),
    /^docker:mode 755\ndocker empty\ncontainerd absent\netc:mode 755\netc used\nopt absent\ngroup (used|absent)\nbridge (used|absent)\nforwarding [01]\npolicy .*\n$/,
  );
  const first = read();
  writeFileSync(join(folder, 'docker/image'), '');
  writeFileSync(join(folder, 'mqtt-lab/.tools-leaving'), '');
  t.is(sh(note).code, 0);
  t.is(read(), first);
  t.false(existsSync(join(folder, 'mqtt-lab/.tools-leaving')));
});

test('a note that can not be written ends the script', (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'mqtt-lab'), '');
  const { code, stdout } = sh(`${NOTE_BEFORE.replaceAll('/var/lib/mqtt-lab', join(folder, 'mqtt-lab'))}\necho on`);
  t.not(code, 0);
  t.is(stdout, '');
});

const DOCKERS = `-P FORWARD DROP
-N DOCKER
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER-USER -j RETURN`;

/** [a rule beside Docker's own; whether it is somebody's] */
const rules: readonly (readonly [string, boolean])[] = [
  ['', false],
  ['-N DOCKER-ISOLATION-STAGE-1', false],
  ['-A DOCKER-USER -s 192.0.2.1/32 -j RETURN', true],
  ['-A DOCKER-USER -i eth0 -j DROP', true],
  ['-N LIBVIRT_FWI', true],
  ['-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT', true],
];

for (const [rule, isOthers] of rules) {
  test(`firewall with ${rule || "Docker's rules alone"}`, (t) => {
    const script = `${FIREWALL_FUNCTIONS}\neach_table() { cat <<'RULES'\n${DOCKERS}\n${rule}\nRULES\n}\nothers_rules`;
    t.is(sh(script).stdout.trim(), isOthers ? rule : '');
  });
}
