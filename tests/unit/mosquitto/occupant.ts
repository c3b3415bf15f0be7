import test from 'ava';
import {
  canBeTakenOver,
  describeOccupant,
  findOccupants,
  type Occupant,
  takeOverScript,
} from '../../../mosquitto/occupant.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { sh } from '../_sh.ts';

const lab = labOf(`${TWO_USERS}broker: { port: 1884 }`);
const MAIN = '/etc/mosquitto/mosquitto.conf';
const LAB_CONF = '/etc/mosquitto/conf.d/lab.conf';

/** [what the host prints; in words, who is there; whether --take-over may clear them away] */
const rows: readonly (readonly [output: string, words: readonly string[], movable: boolean])[] = [
  ['', [], true],
  ['lab # mqtt-lab "two": written from its lab file', [], true],
  ['lab # mqtt-lab "twofold": x', [`${LAB_CONF} belongs to the lab "twofold"`], true],
  ['lab listener 1883', [`${LAB_CONF} is somebody else's: not written by the lab`], true],
  ['lab ', [`${LAB_CONF} is somebody else's: not written by the lab`], true],
  [
    "main changed since Debian's package was installed",
    [`${MAIN} is somebody else's: changed since Debian's package was installed`],
    true,
  ],
  [
    'file /etc/mosquitto/conf.d/my own.conf',
    ["/etc/mosquitto/conf.d/my own.conf is somebody else's: not written by the lab"],
    true,
  ],
  [
    'port 812 /usr/sbin/mosquitto -c /srv/other.conf ',
    ['port 1884 is taken by process 812: /usr/sbin/mosquitto -c /srv/other.conf'],
    true,
  ],
  ['port 9 mosquitto', ['port 1884 is taken by process 9: mosquitto'], true],
  ['port 9 python3 broker.py ', ['port 1884 is taken by process 9: python3 broker.py'], false],
  ['port 9 vi /etc/mosquitto.d/x', ['port 1884 is taken by process 9: vi /etc/mosquitto.d/x'], false],
  ['port 9 python3 /opt/mosquitto', ['port 1884 is taken by process 9: python3 /opt/mosquitto'], false],
  ['port 9 /opt/mosquitto-exporter', ['port 1884 is taken by process 9: /opt/mosquitto-exporter'], false],
  [
    'port 0 a process of another namespace or user',
    ['port 1884 is taken by process 0: a process of another namespace or user'],
    false,
  ],
  [
    'file /etc/mosquitto/conf.d/a.conf\nlab # mqtt-lab "other"\nport 5 mosquitto',
    [
      "/etc/mosquitto/conf.d/a.conf is somebody else's: not written by the lab",
      `${LAB_CONF} belongs to the lab "other"`,
      'port 1884 is taken by process 5: mosquitto',
    ],
    true,
  ],
];

for (const [output, words, movable] of rows) {
  test(`found: ${output.replaceAll('\n', ' | ')}`, (t) => {
    const occupants = findOccupants(lab, { code: 0, output });
    t.deepEqual(occupants.map(describeOccupant), words);
    t.is(occupants.every(canBeTakenOver), movable);
  });
}

test('taking over moves a file with its name kept and is valid shell whatever the name', (t) => {
  const occupants: Occupant[] = [
    { kind: 'file', path: "/etc/mosquitto/conf.d/it's; rm x.conf", what: '' },
    { kind: 'file', path: MAIN, what: '' },
    { kind: 'lab', path: LAB_CONF, name: 'other' },
    { kind: 'port', port: 1884, pid: 4_000_000, command: 'mosquitto' },
  ];
  const script = takeOverScript('two', occupants);
  t.is(sh(`sh -n <<'END_OF_SCRIPT'\n${script}\nEND_OF_SCRIPT`).code, 0);
  t.true(script.includes('keep /etc/mosquitto/mosquitto.conf\n'));
  // it is not removed before what replaces it is there
  t.regex(script, /fetch; fi\nkeep \/etc\/mosquitto\/mosquitto\.conf\n/);
  t.true(script.includes(`keep '/etc/mosquitto/conf.d/it'\\''s; rm x.conf'\n`));
  // of another lab, what its lab.conf names too
  for (const file of ['conf.d/lab.conf', 'lab.passwd', 'lab.acl'])
    t.true(script.includes(`keep /etc/mosquitto/${file}\n`));
  t.true(script.endsWith('\nend 4000000'));
});
