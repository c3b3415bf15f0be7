import test from 'ava';
import type { LiveListener } from '../../../deployment/live-listener.ts';
import { plainListener } from '../../../lab-file/listeners.ts';
import { listenerLines } from '../../../terminal/listener-lines.ts';
import { labOf } from '../_lab.ts';

const lab = {
  ...labOf(
    'name: a\nusers: { sam: { password: hunter2 }, lock: { certificate: true } }\n' +
      'topics: { t: { subscribe: [sam, lock] } }\n' +
      'broker: { listeners: [{ port: 8883, tls: {} }, { port: 8884, tls: { clients: required, identity: common-name } }] }\n',
  ),
  directory: process.cwd(),
};
const CA = '.lab/ca/ca.pem';

function lines(listener: Partial<LiveListener>): readonly string[] {
  return listenerLines(lab, [{ ...plainListener(1883), address: '127.0.0.1', reachedPort: 31_883, ...listener }]);
}

test('shows how each program connects to a plain listener, without a password', (t) => {
  const shown = lines({});
  t.deepEqual(shown, [
    'listener 1883: MQTT, from here 127.0.0.1:31883',
    '    mosquitto_sub -h 127.0.0.1 -p 31883 -t t -u sam -P …',
    '    mqtt.js: connect("mqtt://127.0.0.1:31883", { username: "sam", password: … })',
    '    paho: Client(); username_pw_set("sam", …); connect("127.0.0.1", 31883)',
  ]);
  t.false(shown.join().includes('hunter2'));
});

test('names the CA for TLS, as a path from the working directory', (t) => {
  const [, mosquitto = '', mqttJs = '', paho = ''] = lines({ tls: { clients: 'none', identity: 'password' } });
  t.true(mosquitto.includes(` --cafile ${CA} `));
  t.true(mqttJs.includes('mqtts://') && mqttJs.includes(`ca: readFileSync("${CA}")`));
  t.true(paho.includes(`tls_set("${CA}")`));
});

test('names certificate and key, and no login, where the certificate names the user', (t) => {
  const [, mosquitto = '', mqttJs = '', paho = ''] = lines({ tls: { clients: 'required', identity: 'common-name' } });
  t.regex(mosquitto, /--cert \.lab\/ca\/user-lock\.pem --key \.lab\/ca\/user-lock\.key$/);
  t.regex(mqttJs, /cert: .*user-lock\.pem.*key: .*user-lock\.key/);
  t.notRegex(mqttJs, /username/);
  t.regex(paho, /tls_set\(.*ca\.pem.*user-lock\.pem.*user-lock\.key"\); connect/);
});

test('shows no mosquitto_sub for WebSockets', (t) => {
  const shown = lines({ protocol: 'websockets', address: 'fe80::1' });
  t.false(shown.join().includes('mosquitto_sub'));
  t.true(shown.join().includes('ws://[fe80::1]:31883'));
  t.true(shown.join().includes('transport="websockets"'));
});

test('says where nobody can log in', (t) => {
  const [, text = ''] = lines({ tls: { clients: 'required', identity: 'password' } });
  t.regex(text, /no user/);
});
