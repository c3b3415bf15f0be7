import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { families } from '../../checks/families.ts';
import { DEVIATIONS } from '../../checks/harness/deviations.ts';
import { openTestLab } from '../../checks/harness/test-lab.ts';
import { mistakesOf } from '../../checks/run/only.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { labOf } from './_lab.ts';
import { ARMOURED } from './_signing-key.ts';
import { read } from './lab-file/_reading.ts';
import { COMMANDS } from './scripts/_commands.ts';

const README = readFileSync('README.md', 'utf8');
const EVERYWHERE = ['--lab', '--help', '--accept-new-host-keys'];

/** The text below a heading, down to the next heading of any level. */
function section(heading: string): string {
  const [, after = ''] = README.split(`\n${heading}\n`);
  return after.split(/^#+ /m)[0] ?? '';
}

function options(text: string): string[] {
  return [...new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option))].sort();
}

for (const command of COMMANDS) {
  test(`documents the options of ${command.name()}, and no others`, (t) => {
    const known = command.options.flatMap(({ long }) => long ?? []);
    t.deepEqual(options(section(`### ${command.name()}`).split('Exit codes:')[0] ?? ''), known.sort());
  });
}

test('every command line in it is one that there is', (t) => {
  const lines = [...README.matchAll(/\.\/lab ((?:--lab \S+ )?)([a-z]+)([^`|\n]*)/g)];
  t.true(lines.length > 20);
  for (const [line, , name, rest = ''] of lines) {
    const command = COMMANDS.find((candidate) => candidate.name() === name);
    const known = [...EVERYWHERE, ...(command?.options.flatMap(({ long }) => long ?? []) ?? [])];
    t.truthy(command ?? name === 'alone', line);
    if (command?.name() !== 'ssh')
      t.deepEqual(
        options(rest).filter((option) => !known.includes(option)),
        [],
        line,
      );
  }
});

test('every pattern of --only in it matches a check of the default lab', (t) => {
  const lab = labOf(readFileSync('lab.yaml', 'utf8'));
  const at = { address: '127.0.0.1', port: 1883 };
  const host = { kind: 'local' } as const;
  const pis = lab.pis.map(({ name }) => ({ name, host, broker: at }));
  const live: LiveLab = { lab, broker: { ...at, host, version: undefined }, pis };
  const testLab = openTestLab(live, new AbortController().signal);
  const checks = Object.values(families).flatMap((plan) => plan(testLab));
  const patterns = [...README.matchAll(/verify --only ([^\s`]+)/g), ...README.matchAll(/as in `([^`]+)`/g)];
  t.true(patterns.length > 7);
  for (const [, only = ''] of patterns) t.deepEqual(mistakesOf({ only, scope: 'default' }, checks), []);
});

test('it tells every known deviation, in the words of the report', (t) => {
  const told = section('#### Verdicts and known deviations');
  for (const { what } of Object.values(DEVIATIONS)) t.true(told.includes(what), what);
});

test('every npm script that it names is in package.json', (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const [line, name = ''] of README.matchAll(/npm run ([a-z:]+)/g)) t.true(name in scripts, line);
});

const examples = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

test('there are examples', (t) => {
  t.true(examples.length >= 6);
});

for (const example of examples) {
  test(`a lab file can say: ${example.trim().replaceAll('\n', ' | ')}`, (t) => {
    const name = /^name:/m.test(example) ? '' : 'name: a\n';
    const users = /^users:/m.test(example) ? '' : 'users: { sam: { password: sam } }\n';
    // the folder of the key is the reader's home, which a test leaves alone
    const text = `${name}${users}${example}`.replace('~/.ssh/hub', 'hub');
    const files = { hub: 'a key', 'secrets/bob': 'bob\n', 'secrets/kitchen': 'x', 'keys/example.asc': ARMOURED };
    t.deepEqual(read(text, { environment: { ALICE_PASSWORD: 'x', HALL_PASSWORD: 'x' }, files }).mistakes, []);
  });
}

test('the first full example is lab.yaml', (t) => {
  const full = examples.find((example) => example.startsWith('name:'));
  const plain = readFileSync('lab.yaml', 'utf8').replaceAll(/ +#.*$|^#.*\n/gm, '');
  t.is(full, plain);
});

test('every file and folder that it links to is there', (t) => {
  const isLocal = (target: string) => !target.startsWith('https://');
  const targets = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
  for (const target of targets.filter(isLocal)) t.true(existsSync(target), target);
  for (const [, folder = ''] of section('## Development').matchAll(/^([a-z]+\/) /gm))
    t.true(existsSync(folder), folder);
});

test('every heading that it links to is there', (t) => {
  const slugs = [...README.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  const targets = [...README.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
  t.true(targets.length > 2);
  for (const target of targets) t.true(slugs.includes(target), target);
});
