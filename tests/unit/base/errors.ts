import test from 'ava';
import {
  describe,
  errorCode,
  errorMessage,
  type FailureKind,
  InputError,
  ignoreFailure,
  LabError,
  lastLines,
  type Trouble,
} from '../../../base/errors.ts';

const trouble: Trouble = { subject: 'pi', step: 'install it', happened: 'exit code 100' };

test('an error names the host, the step, what happened and what to try', (t) => {
  t.is(describe(trouble), 'pi: install it: exit code 100');
  t.is(describe({ ...trouble, advice: 'do this' }), 'pi: install it: exit code 100\n  try: do this');
});

test('a LabError keeps its parts and its cause', (t) => {
  const cause = new Error('why');
  const error = new LabError(trouble, 'could-not-run', { cause });
  t.is(error.message, 'pi: install it: exit code 100');
  t.deepEqual([error.name, error.trouble, error.cause], ['LabError', trouble, cause]);
});

const codes: readonly (readonly [FailureKind, number])[] = [
  ['failed', 1],
  ['could-not-run', 2],
  ['interrupted', 130],
];

for (const [kind, code] of codes) {
  test(`a LabError of the kind ${kind} has exit code ${code}`, (t) => {
    t.is(new LabError(trouble, kind).exitCode, code);
  });
}

test('an InputError reports every mistake together', (t) => {
  const error = new InputError(['a:1:1: one', 'a:2:1: two']);
  t.deepEqual([error.message, error.exitCode], ['a:1:1: one\na:2:1: two', 2]);
});

test('the message and the code of whatever was thrown', (t) => {
  const error = Object.assign(new Error('no such file'), { code: 'ENOENT' });
  t.deepEqual([errorMessage(error), errorCode(error)], ['no such file', 'ENOENT']);
  t.deepEqual([errorMessage('text'), errorCode('text'), errorCode(new Error('x'))], ['text', undefined, undefined]);
});

test('an ignored failure gives undefined, a success its value', async (t) => {
  t.is(await ignoreFailure(Promise.reject(new Error('no'))), undefined);
  t.is(await ignoreFailure(Promise.resolve(7)), 7);
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
