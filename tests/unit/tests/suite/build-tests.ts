import { readFileSync } from 'node:fs';
import test from 'ava';
import { filesOf } from '../../../suite/build-tests.ts';

test('a folder’s own test files: without main.ts, and without its subfolders', (t) => {
  const files = filesOf('tests/thorough');
  t.true(files.includes('tests/thorough/debian-13.ts'));
  t.deepEqual(
    files.filter((file) => !/^tests\/thorough\/(?!main\.ts)[^/]+\.ts$/.test(file)),
    [],
  );
  t.false(filesOf('tests/lab').some((file) => file.startsWith('tests/lab/support/')));
});

test('npm test, which makes images of Debian 12 alone, has no lab of another release', (t) => {
  const others = filesOf('tests/lab').filter((file) => /debian: 13/.test(readFileSync(file, 'utf8')));
  t.deepEqual(others, []);
});
