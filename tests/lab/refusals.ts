import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import test from 'ava';
import { ed25519Pair } from '../../provisioning/hosts/ed25519.ts';
import { labelled } from './support/container.ts';
import { ownLab } from './support/own-lab.ts';

const theLab = ownLab('refusals');

test('a bad lab file: every mistake with its place, exit code 2, nothing touched', async (t) => {
  const lab = theLab();
  const file = path.join(lab.folder, 'bad.yaml');
  const lines = [
    `name: ${lab.name}`,
    'broker: { host: container, prot: 1883 }',
    'users:',
    '  sam: { password: hidden-in-errors, colour: red }',
    "  'a:b': { password: '' }",
    'topics:',
    '  "a#/b": { publish: [sam, bob] }',
    'containers: { debian: 11 }',
  ];
  await writeFile(file, lines.join('\n'));
  const { code, stdout, stderr } = await lab.run(['up', '--lab', 'bad.yaml']);
  t.is(code, 2);
  t.is(stdout, '');
  const places = stderr.split('\n').flatMap((line) => /^bad\.yaml:(\d+:\d+): /.exec(line)?.[1] ?? []);
  t.deepEqual(places, ['2:28', '4:38', '5:3', '5:22', '7:3', '7:28', '8:23'], stderr);
  t.regex(stderr, /broker has an unknown key "prot"; allowed keys: host, address, port/);
  t.notRegex(stderr, /hidden-in-errors/);
  t.deepEqual(await labelled(lab.name), []);
});

test('no lab file: says where it was looked for, exit code 2', async (t) => {
  const { code, stderr } = await theLab().run(['up', '--lab', 'absent.yaml']);
  t.is(code, 2);
  t.regex(stderr, /absent\.yaml/);
});

test('a broker host out of reach: names host, step and what to try, exit code 2', async (t) => {
  const lab = theLab();
  const closed = await closedPort();
  await writeFile(path.join(lab.folder, 'key'), ed25519Pair().private, { mode: 0o600 });
  const file = 'away.yaml';
  const host = { host: `ssh://nobody@127.0.0.1:${closed}`, identity: 'key' };
  await writeFile(
    path.join(lab.folder, file),
    JSON.stringify({ name: `${lab.name}-away`, broker: host, users: { sam: { password: 'sam' } } }),
  );
  const up = await lab.run(['up', '--lab', file]);
  t.is(up.code, 2);
  t.regex(up.stderr, new RegExp(`^broker: ssh nobody@127\\.0\\.0\\.1 port ${closed}: .*ECONNREFUSED`, 'm'));
  t.regex(up.stderr, /^ {2}try: check that the host is on, that sshd runs there/m);
  const status = await lab.run(['status', '--lab', file]);
  t.is(status.code, 1);
  t.regex(status.stdout, /✗ broker .*ECONNREFUSED/);
});

test('an unknown command and an unknown option: usage, exit code 2', async (t) => {
  const lab = theLab();
  t.like(await lab.run(['upp']), { code: 2 });
  const option = await lab.run(['up', '--fast']);
  t.is(option.code, 2);
  t.regex(option.stderr, /unknown option '--fast'/);
});

/** A port of this machine that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
