import test from 'ava';
import { linesOf, noteAt, noteText } from '../../../../mosquitto/import/note.ts';

test('counts the lines of a file, and leaves out comments and empty ones', (t) => {
  const lines = linesOf({ path: '/a', text: '# comment\n\nuser sam\r\n  topic a  \n' });
  t.deepEqual(lines, [
    { file: '/a', line: 3, text: 'user sam' },
    { file: '/a', line: 4, text: '  topic a' },
  ]);
});

test('says where a note belongs', (t) => {
  t.is(noteText(noteAt({ file: '/a', line: 3 }, 'x')), '/a:3: x');
  t.is(noteText(noteAt({ file: '/a' }, 'x')), '/a: x');
});
