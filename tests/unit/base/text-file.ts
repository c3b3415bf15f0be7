import test from 'ava';
import { textFile } from '../../../base/text-file.ts';

test('reads a file beside the module', (t) => {
  t.regex(textFile('text-file.ts', import.meta.url), /reads a file beside the module/);
});
