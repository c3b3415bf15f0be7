import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { piHost } from '../../../pi/pi-host.ts';
import { factsOf } from '../_facts.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(`${TWO_USERS}pis: { kitchen: { host: container } }`);
const resources = lab.pis.flatMap((pi) => piHost(lab, pi));
const PACKAGES = 'packages:mosquitto-clients,python3-paho-mqtt';
const INSTALLED = 'ii  mosquitto-clients 2.0.11\nii  python3-paho-mqtt 1.6.1\n';

/** [dpkg-query's output; what the Pi has of a broker; the changes; the error] */
const rows: readonly (readonly [
  name: string,
  installed: string,
  broker: string,
  changes: readonly string[],
  happened?: string,
])[] = [
  ['all installed', INSTALLED, '', []],
  ['nothing installed', '', '', ['install mosquitto-clients, python3-paho-mqtt']],
  ['one missing', 'ii  mosquitto-clients 2.0.11\n', '', ['install python3-paho-mqtt']],
  ['half installed', INSTALLED.replace('ii  python3', 'iU  python3'), '', ['install python3-paho-mqtt']],
  ['removed, configuration left', INSTALLED.replace('ii  mosq', 'rc  mosq'), '', ['install mosquitto-clients']],
  [
    'a broker',
    INSTALLED,
    '/usr/sbin/mosquitto exists\nprocess 7 mosquitto listens on port 1883\n',
    [],
    'this Pi has a broker:\n    /usr/sbin/mosquitto exists\n    process 7 mosquitto listens on port 1883',
  ],
];

test('advises to purge the package only where it is installed', (t) => {
  const advice = (broker: string) => {
    const facts = factsOf(new Map([['no-broker', broker]]));
    const check = resources.find(({ id }) => id === 'clients only');
    return t.throws(() => check?.plan(facts, []), { instanceOf: LabError })?.trouble.advice ?? '';
  };
  t.regex(advice('the package mosquitto is installed\n'), /purge mosquitto/);
  t.regex(advice('process 7 other listens on port 1883\n'), /stop the process/);
});

for (const [name, installed, broker, changes, happened] of rows) {
  test(name, (t) => {
    const facts = factsOf(
      new Map([
        [PACKAGES, installed],
        ['no-broker', broker],
      ]),
    );
    const plan = () => resources.flatMap((resource) => resource.plan(facts, []).change?.summary ?? []);
    if (happened === undefined) t.deepEqual(plan(), changes);
    else t.is(t.throws(plan, { instanceOf: LabError })?.trouble.happened, happened);
  });
}

test('checks before and after the packages that the Pi has clients only', (t) => {
  t.deepEqual(
    resources.map(({ id }) => id),
    ['system', 'clients only', 'repository', 'packages', 'clients only'],
  );
});
