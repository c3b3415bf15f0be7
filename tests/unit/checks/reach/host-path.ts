import test from 'ava';
import { readPath } from '../../../../checks/reach/host-path.ts';

const path = {
  ...{ from: 'pi', address: '198.18.0.2', port: 1883, answersHere: true },
  programs: ['mosquitto_pub', 'mosquitto_sub', 'paho'],
} as const;
const FAR = 'name\t198.18.0.2\ntcp\tconnected\nmqtt\t 20 02 00 00\n';

/** [what reach.sh printed; the layer that does not work; facts in reason and advice] */
const OBSTACLES: readonly (readonly [stdout: string, layer: string, facts: readonly RegExp[]])[] = [
  ['name\t\n', 'name', [/pi cannot resolve the name 198\.18\.0\.2/, /getent hosts/]],
  [
    'name\t198.18.0.2\ntcp\tbash: line 1: /dev/tcp/198.18.0.2/1883: Connection refused\n',
    'tcp',
    [
      /pi cannot connect to 198\.18\.0\.2 port 1883: Connection refused/,
      /broker answers this machine.*firewall that rejects/,
    ],
  ],
  [
    'name\t198.18.0.2\ntcp\tbash: line 1: /dev/tcp/198.18.0.2/1883: No route to host\n',
    'tcp',
    [/No route to host/, /ip route get 198\.18\.0\.2/],
  ],
  ['name\t198.18.0.2\ntcp\t\nlate\t10\n', 'tcp', [/no answer within 10 s/, /nft list ruleset on pi/]],
  [
    'name\t198.18.0.2\ntcp\tconnected\nmqtt\t 53 53 48 2d\n',
    'mqtt',
    [/no MQTT broker answers.*"SSH-"/, /sport = :1883/],
  ],
  ['name\t198.18.0.2\ntcp\tconnected\nmqtt\t \n', 'mqtt', [/closes the connection without a CONNACK/]],
  ['name\t198.18.0.2\ntcp\tconnected\nmqtt\t \nlate\t10\n', 'mqtt', [/no CONNACK within 10 s/]],
  [
    `${FAR}mosquitto_sub\tsh: 31: eval: mosquitto_sub: not found\n`,
    'mosquitto_sub',
    [/ on pi: mosquitto_sub: not found/, /mosquitto-clients/],
  ],
  [
    `${FAR}paho\tModuleNotFoundError: No module named 'paho'\n`,
    'paho',
    [/No module named 'paho'/, /python3-paho-mqtt/],
  ],
];

for (const [stdout, layer, facts] of OBSTACLES) {
  test(`names the first layer that does not work: ${JSON.stringify(stdout)}`, (t) => {
    const { obstacle, layers, isLate } = readPath(stdout, path);
    t.is<string | undefined, string>(obstacle?.layer, layer);
    t.is(Object.keys(layers).at(-1), layer);
    t.is(isLate, stdout.includes('late'));
    for (const fact of facts) t.regex(`${obstacle?.reason}; ${obstacle?.advice}`, fact);
  });
}

test('goes the whole path; a CONNACK that refuses is an answer as well', (t) => {
  for (const answer of [FAR, FAR.replace('00 00', '00 05')]) {
    const { layers, obstacle } = readPath(answer, path);
    t.is(obstacle, undefined);
    t.deepEqual(Object.values(layers), ['run', 'resolved', 'connected', 'answered', 'starts', 'starts', 'starts']);
  }
});

test('looks for the broker first where it does not answer this machine either', (t) => {
  const refused = 'name\t198.18.0.2\ntcp\tConnection refused\n';
  t.regex(readPath(refused, { ...path, answersHere: false }).obstacle?.advice ?? '', /lab status/);
});
