import test from 'ava';
import { describe, InputError, LabError, lastLines, type Trouble } from '../../../base/errors.ts';

const trouble: Trouble = { subject: 'pi', step: 'install it', happened: 'exit code 100' };

test('an error tells who, doing what, what happened, and what to try', (t) => {
  t.is(describe(trouble), 'pi: install it: exit code 100');
  t.is(describe({ ...trouble, advice: 'do this' }), 'pi: install it: exit code 100\n  try: do this');
});

test('a LabError keeps its parts, its code and its cause', (t) => {
  const cause = new Error('why');
  const error = new LabError(trouble, 2, { cause });
  t.is(error.message, 'pi: install it: exit code 100');
  t.deepEqual([error.name, error.trouble, error.exitCode, error.cause], ['LabError', trouble, 2, cause]);
});

test('an InputError tells every mistake at once', (t) => {
  const error = new InputError(['a:1:1: one', 'a:2:1: two']);
  t.deepEqual([error.message, error.exitCode], ['a:1:1: one\na:2:1: two', 2]);
});

/** [output; count; what is shown] */
const rows: readonly (readonly [string, number | undefined, string])[] = [
  ['', undefined, ''],
  ['\n \n', undefined, ''],
  ['one\n', undefined, 'one'],
  ['one\n\ntwo\n', undefined, 'one\n    two'],
  ['1\n2\n3\n4\n5\n6\n7\n', undefined, '2\n    3\n    4\n    5\n    6\n    7'],
  ['1\n2\n3\n', 1, '3'],
];

for (const [output, count, shown] of rows) {
  test(`last lines of ${JSON.stringify(output)}`, (t) => {
    t.is(lastLines(output, count), shown);
  });
}
