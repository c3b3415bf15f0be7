import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { readConf } from '../../../../mosquitto/import/conf-lines.ts';
import { filesOf } from './_files.ts';

const MAIN = '/etc/mosquitto/mosquitto.conf';

test('reads options, and files where an include_dir names them, in the order of Mosquitto', async (t) => {
  const files = filesOf({
    [MAIN]: 'user mosquitto\ninclude_dir /d\nlog_dest  file /x y\n',
    '/d/Z.conf': 'port 1\n',
    '/d/a.conf': '# x\n\nport 2\n',
    '/d/README': 'port 3\n',
  });
  t.deepEqual(await readConf(files), {
    path: MAIN,
    options: [
      { file: MAIN, line: 1, name: 'user', value: 'mosquitto' },
      { path: '/d/a.conf', options: [{ file: '/d/a.conf', line: 3, name: 'port', value: '2' }] },
      { path: '/d/Z.conf', options: [{ file: '/d/Z.conf', line: 1, name: 'port', value: '1' }] },
      { file: MAIN, line: 3, name: 'log_dest', value: 'file /x y' },
    ],
  });
});

test('ends where a folder includes itself', async (t) => {
  await t.notThrowsAsync(readConf(filesOf({ [MAIN]: 'include_dir /d', '/d/a.conf': 'include_dir /d' })));
});

test('exit code 2 without a main file', async (t) => {
  const error = await t.throwsAsync(readConf(filesOf({})), { instanceOf: LabError });
  t.is(error?.exitCode, 2);
  t.regex(error?.message ?? '', /mosquitto\.conf[\s\S]*ssh:\/\//);
});
