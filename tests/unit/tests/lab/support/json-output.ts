import { readFileSync } from 'node:fs';
import test from 'ava';
import { checkJsonOutput } from '../../../../lab/support/json-output.ts';

const sample = (kind: string) => readFileSync(`tests/unit/records/samples/v1-${kind}.json`, 'utf8');

test('accepts what each command prints, and what every command prints when it fails', (t) => {
  t.notThrows(() => checkJsonOutput(['verify', '--json'], sample('results')));
  t.notThrows(() => checkJsonOutput(['up', '--dry-run', '--json'], sample('plan')));
  t.notThrows(() => checkJsonOutput(['status', '--json'], sample('failure')));
});

test('throws where a command prints something else, with the place', (t) => {
  const changed = sample('status').replace('"detail"', '"details"');
  t.throws(() => checkJsonOutput(['--lab', 'x.yaml', 'status', '--json'], changed), { message: /hosts\.0\.detail/ });
  t.throws(() => checkJsonOutput(['up', '--json'], sample('plan')));
});

test('leaves other output alone', (t) => {
  t.notThrows(() => checkJsonOutput(['verify'], 'text'));
  t.notThrows(() => checkJsonOutput(['verify', '--json'], ''));
  t.notThrows(() => checkJsonOutput(['ssh', 'pi', 'status', '--json'], '{}'));
});
