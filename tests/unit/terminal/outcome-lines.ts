import test from 'ava';
import { InputError, LabError } from '../../../base/errors.ts';
import { errorText, hostLines, hostsJson } from '../../../terminal/outcome-lines.ts';

const plain = (_: unknown, text: string) => text;
const trouble = new LabError(
  { subject: 'kitchen', step: 'install', happened: 'disk full', advice: 'clean up' },
  'failed',
);
const ok = { host: 'broker', state: 'ok', changes: [], left: 0, durationMs: 432 } as const;
const changed = {
  host: 'pi',
  state: 'changed',
  changes: ['start the container', 'install x'],
  left: 0,
  durationMs: 12_345,
} as const;
const failed = {
  host: 'kitchen',
  state: 'failed',
  changes: ['start the container'],
  left: 2,
  durationMs: 100,
  error: trouble,
} as const;
const skipped = { host: 'hall', state: 'skipped', changes: [], left: 0, durationMs: 0 } as const;

test('nothing changed', (t) => {
  t.deepEqual(hostLines([ok], plain), ['hosts: 0 changed', '  broker   ok       0.4 s']);
});

test('a line for each host, then the errors in full', (t) => {
  t.deepEqual(hostLines([ok, changed, failed, skipped], plain), [
    'hosts: 3 changed, 1 failed',
    '  broker   ok       0.4 s',
    '  pi       changed   12 s  2 changed',
    '  kitchen  failed   0.1 s  1 changed, 2 steps left',
    '  hall     skipped  0.0 s',
    'kitchen: install: disk full\n  try: clean up',
  ]);
});

test('a name of any length leaves the columns in line', (t) => {
  const [, first, second] = hostLines([{ ...ok, host: 'a-rather-long-name' }, changed], plain);
  t.is(first?.indexOf('ok'), second?.indexOf('changed'));
});

/** [error; what is shown] */
const errors: readonly (readonly [unknown, string])[] = [
  [trouble, 'kitchen: install: disk full\n  try: clean up'],
  [new InputError(['a', 'b']), 'a\nb'],
  [new Error('\u001b[2J'), '\\x1b[2J'],
  ['thrown text', 'thrown text'],
  [undefined, 'undefined'],
];

for (const [error, shown] of errors) {
  test(`error ${String(error)}`, (t) => {
    t.is(errorText(error, plain), shown);
  });
}

test('the same for machines', (t) => {
  t.deepEqual(hostsJson([ok, failed]), [
    { host: 'broker', state: 'ok', changes: [], left: 0, durationMs: 432 },
    {
      host: 'kitchen',
      state: 'failed',
      changes: ['start the container'],
      left: 2,
      durationMs: 100,
      error: trouble.message,
    },
  ]);
});
