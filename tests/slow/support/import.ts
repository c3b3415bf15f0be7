import { writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { DebianRelease } from '../../../lab-file/lab.ts';
import type { TestLab } from '../../lab/support/lab.ts';
import { ownLab } from '../../lab/support/own-lab.ts';
import { type Home, machineMaker, makeHome, type Place } from '../../lab/support/ssh-machines.ts';
import { until } from '../../lab/support/until.ts';
import { CONFIGURATIONS, type Configuration, passwordOf } from './configurations.ts';

const TEST_MS = 420_000;
const VERIFY_MS = 200_000;
const INSTALL_MS = 240_000;

/** A machine with an existing Mosquitto, which the lab reaches over SSH by an alias. */
type Machine = { readonly lab: TestLab; readonly debian: DebianRelease; readonly home: Home; readonly place: Place };

/** The tests of `./lab import` on a machine with this Debian. */
export function testImport(debian: DebianRelease): void {
  const host = { host: 'container' };
  const theLab = ownLab(`import-${debian}`, { broker: host, pis: {} }, { debian, installed: debian === 12 });
  let machine: Promise<Machine> | undefined;
  for (const configuration of CONFIGURATIONS) {
    test.serial(`Debian ${debian}: imports, verifies, takes over and restores ${configuration.title}`, async (t) => {
      t.timeout(TEST_MS);
      machine ??= machineOf(theLab(), debian);
      await importAndRestore(t, await machine, configuration);
    });
  }
}

async function importAndRestore(
  t: ExecutionContext,
  { lab, debian, home, place }: Machine,
  configuration: Configuration,
) {
  const broker = lab.container('broker');
  await broker.shell(setUp(configuration));
  await answers(place.address, configuration.port);
  const before = await broker.shell(FILES);
  const run = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const options = { env: { HOME: home.folder, SSH_AUTH_SOCK: '', ...env }, boundMs: VERIFY_MS };
    const outcome = await lab.run([...words, '--lab', FILE], options);
    t.is(outcome.code, 0, outcome.all);
    return outcome;
  };
  const usual = (debian === 12 ? configuration.debian12Notes : undefined) ?? configuration.notes;
  const imported = async (options: readonly string[], wanted = usual) => {
    const { stdout, stderr } = await run(['import', ...options, 'ssh://theirs']);
    await writeFile(path.join(lab.folder, FILE), stdout);
    const notes = stderr.split('\n').filter((line) => line !== '');
    t.is(notes.length, wanted.length, stderr);
    for (const [index, pattern] of wanted.entries()) t.regex(notes[index] ?? '', pattern);
    for (const note of notes) t.true(stdout.includes(note), stdout);
    return passwordsFor(stdout, configuration.users);
  };

  const passwords = await imported(['--external'], configuration.externalNotes);
  t.is(await broker.shell(FILES), before);
  await run(['verify', '--quick'], passwords);
  await imported([]);
  await run(['up', '--take-over', '--no-verify'], passwords);
  await run(['verify', '--quick'], passwords);
  await run(['down'], passwords);
  t.is(await broker.shell(FILES), before);
  await answers(place.address, configuration.port);
}

const FILE = 'imported.yaml';

/** What is installed before the lab comes. */
const INSTALL = `missing=$(for name in mosquitto mosquitto-clients openssl; do dpkg -s $name >/dev/null 2>&1 || echo $name; done)
[ -z "$missing" ] || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing; } 2>&1`;

/** Everything below /etc/mosquitto: content, mode and owner, and the times of files. */
const FILES = `cd /etc/mosquitto && find . -printf '%p %y %m %u:%g\\n' | sort
find . -type f -printf '%p %T@\\n' | sort && find . -type f | sort | xargs -d '\\n' sha256sum`;

async function machineOf(lab: TestLab, debian: DebianRelease): Promise<Machine> {
  const place = await (await machineMaker(lab))('broker');
  const home = await makeHome(path.join(lab.folder, 'home'));
  const key = path.join(lab.folder, '.lab', 'keys', lab.name);
  await home.configure(`Host theirs\n  HostName ${place.address}\n  User debian\n  IdentityFile ${key}\n`);
  await writeFile(home.knownHosts, `${place.address} ${place.hostKey}\n`);
  await lab.container('broker').shell(INSTALL, INSTALL_MS);
  await lab.container('broker').shell(`cp -a /etc/mosquitto /root/debians
mkdir -p /run/mosquitto && chown mosquitto: /run/mosquitto
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=theirs -days 2 -keyout /root/server.key -out /root/server.pem 2>&1`);
  return { lab, debian, home, place };
}

/** Puts the configuration in the place of an earlier one, and starts the broker with it. */
function setUp({ files }: Configuration): string {
  const written = Object.entries(files).map(([name, content]) => {
    const file = `/etc/mosquitto/${name}`;
    return `mkdir -p "$(dirname '${file}')" && printf %s ${Buffer.from(content).toString('base64')} | base64 -d >'${file}'`;
  });
  return `set -e
pid=$(pidof mosquitto) && kill $pid && while [ -e /proc/$pid ]; do sleep 0.05; done
rm -rf /etc/mosquitto && cp -a /root/debians /etc/mosquitto
${written.join('\n')}
cp /root/server.key /root/server.pem /etc/mosquitto/certs/
chown mosquitto: /etc/mosquitto/certs/server.key
chown -R mosquitto: /etc/mosquitto/passwd /etc/mosquitto/acl && chmod 600 /etc/mosquitto/passwd
/usr/sbin/mosquitto -d -c /etc/mosquitto/mosquitto.conf`;
}

/** Waits until a broker listens. */
async function answers(host: string, port: number): Promise<void> {
  await until(`port ${port} of ${host}`, 10_000, async () => {
    return await new Promise<true | undefined>((resolve) => {
      const socket = createConnection({ host, port }, () => resolve(true)).on('error', () => resolve(undefined));
      socket.on('close', () => resolve(undefined));
      socket.on('connect', () => socket.end());
    });
  });
}

/** The passwords in the variables that the lab file names. */
function passwordsFor(text: string, users: readonly string[]): Record<string, string> {
  const names = [...text.matchAll(/\{ env: (\w+) \}/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name, index) => [name, passwordOf(users[index] ?? '')]));
}
