import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { engine } from './support/container.ts';
import { ownLab } from './support/own-lab.ts';
import { sampleProcesses } from './support/sampler.ts';

/**
 * Passwords that can be searched for: in the lab file, in the environment, and in a file, as long as a JSON Web Token, which the
 * mosquitto clients cannot read.
 */
const PASSWORDS = [18, 18, 1_200].map((length) => randomBytes(length).toString('base64url'));
const [LITERAL = '', VARIABLE = '', FILE = ''] = PASSWORDS;
const env = { ALICE_PASSWORD: VARIABLE };
const PIECE = 8;
const pieces = new Set(
  PASSWORDS.flatMap((text) => Array.from({ length: text.length - PIECE + 1 }, (_, at) => text.slice(at, at + PIECE))),
);

/** A piece of a password in a text. */
function leak(text: string): string | undefined {
  for (let at = 0; at + PIECE <= text.length; at += 1) {
    const piece = text.slice(at, at + PIECE);
    if (pieces.has(piece)) return piece;
  }
  return undefined;
}

/** The whole of `up` and its verification, also while other tests keep the machine busy. */
const UP_MS = 240_000;

const theLab = ownLab('debian-12', {
  users: {
    sam: { password: LITERAL },
    alice: { password: { env: 'ALICE_PASSWORD' } },
    bob: { password: { file: 'bob.txt' } },
  },
});

test.serial('up makes a lab of Debian 12 that passes verification, and shows no password', async (t) => {
  t.timeout(UP_MS + 60_000);
  const lab = theLab();
  await writeFile(path.join(lab.folder, 'bob.txt'), `${FILE}\n`);
  let pid: number | undefined;
  const sampler = sampleProcesses(PASSWORDS, () => pid);
  try {
    const command = lab.start(['up'], { env, boundMs: UP_MS });
    pid = command.pid;
    const { code, all } = await command.ended;
    t.is(code, 0, all);
    t.regex(all, /^hosts: 6 changed$/m);
    t.is(leak(all), undefined);
  } finally {
    sampler.stop();
  }
  t.deepEqual([...sampler.shown], []);
  // the processes in the containers were seen too
  for (const program of ['apt-get', 'mosquitto', 'mosquitto_sub']) t.true(sampler.programs.has(program), program);
});

test.serial('no record, no container and no image holds a password, and no record a whole hash', async (t) => {
  const lab = theLab();
  // a record shows four characters of each salt and hash
  const passwd = await lab.container('broker').shell('cut -d: -f2 /etc/mosquitto/lab.passwd');
  const hashes = passwd.split(/[$\n]/).flatMap((part) => (part.length > 8 ? [part.slice(0, 8)] : []));
  t.is(hashes.length, 2 * PASSWORDS.length);
  const folder = path.join(lab.folder, '.lab');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const written of ['records.jsonl', 'results.json', 'junit.xml', 'report.html'])
    t.true(files.some(({ name }) => name === written));
  for (const { parentPath, name } of files) {
    const text = await readFile(path.join(parentPath, name), 'utf8');
    t.is(leak(text), undefined, name);
    for (const hash of hashes) t.false(text.includes(hash), `a hash in ${name}`);
  }
  const docker = await engine();
  for (const machine of ['broker', 'pi']) {
    const container = await lab.container(machine).inspect();
    const image = docker.getImage(container.Image);
    const shown = JSON.stringify([container, await image.inspect(), await image.history()]);
    t.is(leak(shown), undefined, `docker inspect of ${machine}`);
  }
});

test.serial('only the broker can read its files, and they hold no password in plain text', async (t) => {
  const broker = theLab().container('broker');
  const files = '/etc/mosquitto/conf.d/lab.conf /etc/mosquitto/lab.passwd /etc/mosquitto/lab.acl';
  t.is(await broker.shell(`stat -c '%U:%G %a' ${files}`), 'mosquitto:mosquitto 600\n'.repeat(3));
  const contents = await broker.shell(`cat ${files}`);
  t.is(leak(contents), undefined);
});

test.serial('a second up changes nothing, and verification passes a second time', async (t) => {
  const up = await theLab().run(['up', '--no-verify'], { env });
  t.is(up.code, 0, up.all);
  t.regex(up.all, /^hosts: 0 changed$/m);
  const verify = await theLab().run(['verify', '--quick', '--only', 'install,auth,retained'], { env });
  t.is(verify.code, 0, verify.all);
});
