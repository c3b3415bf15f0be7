import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { thirdParty } from '../../../../scripts/package/third-party.ts';
import { folderFor } from '../../_sh.ts';

test('has the licence texts of each package that a file belongs to', (t) => {
  const folder = folderFor(t);
  const put = (name: string, content: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };
  put('node_modules/@a/b/package.json', '{ "name": "@a/b", "version": "1.0.0", "license": "MIT" }');
  put('node_modules/@a/b/LICENSE.md', 'b may be copied\n');
  put('node_modules/@a/b/NOTICE', 'b has a notice\n');
  put('node_modules/c/package.json', '{ "name": "c", "version": "2.0.0", "license": "ISC", "author": "C" }');
  put('node_modules/unused/package.json', '{}');
  const files = ['base/own.ts', 'node_modules/@a/b/lib/x.js', 'node_modules/@a/b/lib/y.js', 'node_modules/c/index.js'];
  const text = thirdParty(files.map((file) => path.join(folder, file)));
  t.regex(text, /these 2 packages/);
  t.regex(text, /^@a\/b 1\.0\.0\n\nb may be copied\n\nb has a notice$/m);
  t.regex(text, /^c 2\.0\.0\n\n.*ISC, by "C"/m);
});
