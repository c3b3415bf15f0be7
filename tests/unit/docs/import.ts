import test from 'ava';
import { importBroker } from '../../../mosquitto/import/import-broker.ts';
import { filesOf } from '../mosquitto/import/_files.ts';
import { blocks } from './_documents.ts';

const PAGE = 'docs/import.md';

test('import prints the example of docs/import.md', async (t) => {
  const [conf = ''] = blocks(PAGE, 'conf');
  const [acl = ''] = blocks(PAGE, 'acl');
  const files = filesOf({
    '/etc/mosquitto/mosquitto.conf': 'persistence true\ninclude_dir /etc/mosquitto/conf.d\n',
    '/etc/mosquitto/conf.d/home.conf': conf,
    '/etc/mosquitto/passwd': ['hall', 'kitchen', 'dashboard'].map((user) => `${user}:$7$101$eA==$eA==\n`).join(''),
    '/etc/mosquitto/acl': acl,
  });
  const place = { host: 'ssh://pi@hub.local' };
  const { text } = await importBroker(files, { name: 'hub', place, isHere: false, hasWebSockets: false });
  t.is(text, blocks(PAGE, 'yaml')[0] ?? '');
});
