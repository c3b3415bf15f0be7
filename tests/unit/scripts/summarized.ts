import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { InputError } from '../../../base/errors.ts';
import { summarized } from '../../../scripts/summarized.ts';
import { folderFor } from '../_sh.ts';
import { recordOf, resultsOf } from '../report/page/_results.ts';

const RESULTS = resultsOf([recordOf('auth.a')]);

test('writes what the run found, and gives its exit code', async (t) => {
  const file = path.join(folderFor(t), 'summary.md');
  t.is(
    await summarized(file, async (found) => {
      await found(RESULTS);
      return 1;
    }),
    1,
  );
  t.regex(readFileSync(file, 'utf8'), /^## `fixture`: ✓ passed\n/);
});

test('writes the error of a run that fails, and what it had found until then', async (t) => {
  const file = path.join(folderFor(t), 'summary.md');
  const failing = summarized(file, async (found) => {
    await found(RESULTS);
    throw new InputError(['the second half is missing']);
  });
  await t.throwsAsync(failing, { instanceOf: InputError });
  t.regex(readFileSync(file, 'utf8'), /✗ failed[\s\S]*1 passed[\s\S]*the second half is missing/);
});

test('a summary that cannot be written does not hide why the run failed', async (t) => {
  const file = path.join(folderFor(t), 'none', 'summary.md');
  await t.throwsAsync(
    summarized(file, async () => {
      throw new InputError(['the cause']);
    }),
    { message: 'the cause' },
  );
  let isPrinted = false;
  const written = summarized(file, async (found) => {
    await found(RESULTS);
    isPrinted = true;
    return 0;
  });
  await t.throwsAsync(written, { message: /^--summary .*: cannot be written: ENOENT/ });
  t.false(isPrinted);
});

for (const command of ['up', 'verify']) {
  test(`${command} --summary: the mistakes in the lab file; a missing folder is refused before they are read`, (t) => {
    const folder = folderFor(t);
    writeFileSync(path.join(folder, 'lab.yaml'), 'users: {}\ncolour: red\n');
    const lab = (summary: string) =>
      spawnSync(process.execPath, [path.resolve('lab'), command, '--summary', summary], {
        cwd: folder,
        encoding: 'utf8',
      });
    t.is(lab('summary.md').status, 2);
    t.regex(readFileSync(path.join(folder, 'summary.md'), 'utf8'), /### Mistakes in the input\n\n- lab\.yaml:\d/);
    const refused = lab('none/summary.md');
    t.is(refused.status, 2);
    t.regex(refused.stderr, /^--summary none\/summary\.md: there is no folder .*none/);
    t.notRegex(refused.stderr, /colour/);
    t.false(existsSync(path.join(folder, 'none')));
  });
}

test('up --dry-run writes no summary, so it refuses one', (t) => {
  const { status, stderr } = spawnSync(process.execPath, ['lab', 'up', '--dry-run', '--summary', 'x.md'], {
    encoding: 'utf8',
  });
  t.is(status, 2);
  t.regex(stderr, /--dry-run and --summary exclude each other/);
});
