import test from 'ava';
import { canBeTakenOver, describeObstacle, findObstacles } from '../../../mosquitto/obstacles.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(`${TWO_USERS}broker: { port: 1884 }`);
const MAIN = '/etc/mosquitto/mosquitto.conf';
const LAB_CONF = '/etc/mosquitto/conf.d/lab.conf';
const foreign = (path: string, reason = 'not written by the lab') => `${path} is not the lab's: ${reason}`;
const taken = (process: string) => `port 1884 is taken by process ${process}`;
const HIDDEN = 'a process of another namespace or user';

/** [the host's output; the obstacles; whether --take-over may clear them away] */
const rows: readonly (readonly [output: string, obstacles: readonly string[], isMovable: boolean])[] = [
  ['', [], true],
  ['lab # mqtt-lab "two": written from its lab file', [], true],
  ['lab # mqtt-lab "twofold": x', [`${LAB_CONF} belongs to the lab "twofold"`], true],
  ['lab listener 1883', [foreign(LAB_CONF)], true],
  ['lab ', [foreign(LAB_CONF)], true],
  [
    "main changed since Debian's package was installed",
    [foreign(MAIN, "changed since Debian's package was installed")],
    true,
  ],
  ['file /etc/mosquitto/conf.d/my own.conf', [foreign('/etc/mosquitto/conf.d/my own.conf')], true],
  [
    'port 1884 812 /usr/sbin/mosquitto -c /srv/other.conf ',
    [taken('812: /usr/sbin/mosquitto -c /srv/other.conf')],
    true,
  ],
  ['port 1884 9 mosquitto', [taken('9: mosquitto')], true],
  ['port 1884 9 python3 broker.py ', [taken('9: python3 broker.py')], false],
  ['port 1884 9 vi /etc/mosquitto.d/x', [taken('9: vi /etc/mosquitto.d/x')], false],
  ['port 1884 9 python3 /opt/mosquitto', [taken('9: python3 /opt/mosquitto')], false],
  ['port 1884 9 /opt/mosquitto-exporter', [taken('9: /opt/mosquitto-exporter')], false],
  [
    'port 1884 9 mosquitto\nport 8883 7 nginx: master process',
    [taken('9: mosquitto'), 'port 8883 is taken by process 7: nginx: master process'],
    false,
  ],
  [`port 1884 0 ${HIDDEN}`, [`port 1884 is taken by ${HIDDEN}`], false],
  [
    'file /etc/mosquitto/conf.d/a.conf\nlab # mqtt-lab "other"\nport 1884 5 mosquitto',
    [foreign('/etc/mosquitto/conf.d/a.conf'), `${LAB_CONF} belongs to the lab "other"`, taken('5: mosquitto')],
    true,
  ],
];

for (const [output, obstacles, isMovable] of rows) {
  test(`finds in: ${output.replaceAll('\n', ' | ')}`, (t) => {
    const found = findObstacles(lab, { code: 0, output });
    t.deepEqual(found.map(describeObstacle), obstacles);
    t.is(found.every(canBeTakenOver), isMovable);
  });
}
