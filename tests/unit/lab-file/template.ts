import test from 'ava';
import { brokerOf, pisOf } from '../../../lab-file/new-places.ts';
import { labTemplate, NEW_USERS, passwordFile, passwordVariable } from '../../../lab-file/template.ts';
import { read } from './_reading.ts';

const BROKERS = ['local', 'container', 'ssh://hub.local', 'ssh://pi@[2001:db8::1]:2222', 'external:mqtt.example.org'];
const PIS = [['0'], ['1'], ['20'], ['ssh://pi@hall.local'], ['3', 'ssh://[fe80::1%eth0]', 'ssh://10.0.0.7:22']];
const FILES = Object.fromEntries(NEW_USERS.map((user) => [passwordFile(user), 'x']));
const ENVIRONMENT = Object.fromEntries(NEW_USERS.map((user) => [passwordVariable(user), 'x']));

for (const broker of BROKERS) {
  // a real Pi cannot reach a container
  for (const pis of PIS.filter((texts) => broker !== 'container' || !texts.join().includes('ssh:'))) {
    test(`loads with a broker at ${broker} and Pis ${pis.join(', ')}`, (t) => {
      const places = { broker: brokerOf(broker) ?? { host: 'wrong' }, pis: pisOf(pis) ?? new Map([['wrong', '']]) };
      const text = labTemplate({ name: 'a', schema: './x.json', ...places });
      const { lab, mistakes } = read(
        text,
        broker.startsWith('external') ? { environment: { ...ENVIRONMENT } } : { files: FILES },
      );
      t.deepEqual(mistakes, []);
      t.is(lab?.pis.length, places.pis.size);
      t.regex(text, /^# yaml-language-server: \$schema=\.\/x\.json\n/);
      for (const line of text.split('\n')) t.true(line.length <= 120, line);
    });
  }
}

test('loads with a name that YAML would read as something else', (t) => {
  for (const name of ['true', 'null', 'no', 'e1', 'y']) {
    const text = labTemplate({ name, schema: 'x', broker: { host: 'local' }, pis: new Map() });
    t.is(read(text, { files: FILES }).lab?.name, name);
  }
});
