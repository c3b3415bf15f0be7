import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';

const FOLDERS = readdirSync('.', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|tests|docs)$/.test(entry.name))
  .map(({ name }) => name);

/** They say what both programs are called. */
const EXPLAIN = ['base/called-as.ts', 'scripts/man-page.ts'];

test('messages name the command as it was called, since the package has no ./lab', (t) => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  ).filter((file) => /\.tsx?$/.test(file) && !EXPLAIN.includes(file));
  t.true(files.length > 300);
  const lines = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /\.\/lab(?![\w./-])|docs\/[\w-]+\.md/.test(line) && !/^\s*(\/\/|\/?\*)/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  t.deepEqual(lines, []);
});
