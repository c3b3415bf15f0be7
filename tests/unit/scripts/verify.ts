import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { wantsJson } from '../../../scripts/lab.ts';
import { runLab } from './_run-lab.ts';

/** [command line; whether standard output is to be one object] */
const rows: readonly (readonly [line: string, isJson: boolean])[] = [
  ['verify --json', true],
  ['--lab x.yaml up --json', true],
  ['status --json', true],
  ['compare latest previous --json', true],
  ['verify', false],
  ['ssh pi verify --json', false],
  ['publish --as sam status --json', false],
  ['--json', false],
];

for (const [line, isJson] of rows) {
  test(`./lab ${line}`, (t) => {
    t.is(wantsJson(line.split(' ')), isJson);
  });
}

for (const name of ['up', 'verify', 'status']) {
  test(`${name} --json with a bad lab file, with none and with an unknown option: one object, exit code 2`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-json-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const bad = path.join(folder, 'bad.yaml');
    await writeFile(bad, 'users: {}\ncolour: red\n');
    for (const args of [['--lab', bad], ['--lab', path.join(folder, 'none.yaml')], ['--nonsense']]) {
      const run = await runLab(name, '--json', ...args);
      t.is(run.status, 2);
      const explained: unknown = JSON.parse(run.stdout);
      t.like(explained, { verdict: 'fail' });
      t.regex(run.stdout, /^\{.*"(mistakes|error)":.*\}\n$/);
      t.not(run.stderr, '');
    }
  });
}
