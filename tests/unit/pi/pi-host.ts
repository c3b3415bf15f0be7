import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { piHost } from '../../../pi/pi-host.ts';
import { factsOf } from '../_facts.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(`${TWO_USERS}pis: { kitchen: { host: container } }`);
const resources = lab.pis.flatMap((pi) => piHost(lab, pi, undefined));
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

const PACKAGE = 'the package mosquitto is installed\n/usr/sbin/mosquitto exists\n';
const MOSQUITTO = 'process 5 /usr/sbin/mosquitto -c x listens on port 1883\n';
const NODE_RED = 'process 7 node-red listens on port 1883\n';
const SSHD = 'process 612 sshd: /usr/sbin/sshd -D listens on port 22\n';
const DOCKER = 'process 9 /usr/bin/docker-proxy -host-port 1883 listens on port 1883\n';

/** [what the Pi has; what it is called; the advice, and what is not in it] */
const found: readonly (readonly [parts: string, is: RegExp, advice: RegExp, never: RegExp])[] = [
  [PACKAGE, /this Pi has a broker/, /purge mosquitto/, /stop/],
  [`${PACKAGE}${MOSQUITTO}`, /this Pi has a broker/, /purge mosquitto/, /stop/],
  [`${PACKAGE}${NODE_RED}`, /this Pi has a broker/, /purge mosquitto.*stop process 7 \(node-red\)/, /process 5/],
  [MOSQUITTO, /this Pi has a broker/, /stop process 5 \(mosquitto\)/, /purge/],
  [NODE_RED, /another program .*port.*\n {4}process 7 node-red/, /stop process 7 \(node-red\)/, /purge|remove/],
  [DOCKER, /another program/, /the container that publishes port 1883/, /purge|stop process/],
  [SSHD, /another program/, /^choose another port in the lab file, since sshd has port 22;/, /stop|purge/],
  ['/usr/sbin/mosquitto exists\n', /this Pi has a broker/, /remove \/usr\/sbin\/mosquitto/, /purge|stop/],
];

for (const [parts, is, advice, never] of found) {
  test(`names and removes the cause, and nothing else: ${parts.replaceAll('\n', ' | ')}`, (t) => {
    const facts = factsOf(new Map([['no-broker', parts]]));
    const check = resources.find(({ id }) => id === 'clients only');
    const error = t.throws(() => check?.plan(facts, []), { instanceOf: LabError });
    t.regex(error?.trouble.happened ?? '', is);
    t.regex(error?.trouble.advice ?? '', advice);
    t.notRegex(error?.trouble.advice ?? '', never);
  });
}

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
    ['system', 'clients only', 'repository', 'packages', 'clients only', 'client certificates'],
  );
});
