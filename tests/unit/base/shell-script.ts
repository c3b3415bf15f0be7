import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { shellScript } from '../../../base/shell-script.ts';
import { folderFor, sh } from '../_sh.ts';

test('a script gets its values, whatever they contain', (t) => {
  const folder = folderFor(t);
  const values = { text: `a 'b' "c" $(id) \\ \n*`, empty: '', count: 7 };
  writeFileSync(join(folder, 'show.sh'), `: "\${text?}" "\${empty?}"\nprintf '%s|%s|%s' "$text" "$empty" "$count"\n`);
  const script = shellScript('show.sh', pathToFileURL(join(folder, 'module.ts')).href, values);
  t.is(sh(script).stdout, `${values.text}||7`);
});

test('a script without one of its values ends before it does anything', (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'show.sh'), `: "\${text?}"\necho done\n`);
  const { code, stdout } = sh(shellScript('show.sh', pathToFileURL(join(folder, 'module.ts')).href));
  t.not(code, 0);
  t.is(stdout, '');
});

test('a list is words for an unquoted loop', (t) => {
  const folder = folderFor(t);
  const url = pathToFileURL(join(folder, 'module.ts')).href;
  writeFileSync(join(folder, 'loop.sh'), 'for file in $files; do echo "$file"; done; echo "[$none]"\n');
  t.is(sh(shellScript('loop.sh', url, { files: ['/etc/a', '/etc/b'], none: [] })).stdout, '/etc/a\n/etc/b\n[]\n');
  for (const word of ['', 'a b', '*', '$x', '~'])
    t.throws(() => shellScript('loop.sh', url, { files: ['/etc/a', word] }), { message: /plain/ });
});
