import test from 'ava';
import { InputError } from '../../../../base/errors.ts';
import { readArguments } from '../../../suite/arguments.ts';

const FILE = 'tests/unit/tests/suite/arguments.ts';

/** [command line; test files and folders; options for AVA] */
const rows: readonly (readonly [args: readonly string[], sources: readonly string[], options: readonly string[]])[] = [
  [[], [], []],
  [[FILE, 'tests/unit/base/'], [FILE, 'tests/unit/base'], []],
  [[`./${FILE}`, '--match', 'reads*'], [FILE], ['--match', 'reads*']],
  [['-m', 'tests/unit', '--verbose'], [], ['-m', 'tests/unit', '--verbose']],
];

for (const [args, sources, options] of rows) {
  test(`reads the command line: ${args.join(' ') || 'nothing'}`, (t) => {
    t.deepEqual(readArguments(args), { sources, options });
  });
}

test('refuses a file that does not exist, and one that is not below tests/', (t) => {
  const error = t.throws(() => readArguments(['tests/none.ts', 'package.json']), { instanceOf: InputError });
  t.deepEqual(error.mistakes, ['tests/none.ts: no such test file or folder', 'package.json: not below tests/']);
});
