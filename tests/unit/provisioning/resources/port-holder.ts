import test from 'ava';
import { howToFree, isMosquitto } from '../../../../provisioning/resources/port-holder.ts';

/** [process; command line; how to free its port] */
const rows: readonly (readonly [pid: number, command: string, how: RegExp])[] = [
  [7, 'node /usr/bin/node-red --max-old-space-size=256', /stop process 7 \(node\)/],
  [7, 'node-red', /stop process 7 \(node-red\)/],
  [7, '/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf', /stop process 7 \(mosquitto\)/],
  [9, '/usr/bin/docker-proxy -proto tcp -host-port 1883', /container that publishes port 1883.*docker ps/],
  [0, 'a process of another namespace or user', /program that listens on port 1883.*sudo ss/],
];

for (const [pid, command, how] of rows) {
  test(`frees a port that ${command} holds`, (t) => {
    t.regex(howToFree({ pid, command, port: 1883 }) ?? '', how);
  });
}

test('never stops sshd', (t) => {
  const command = 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups ';
  t.is(howToFree({ pid: 612, command, port: 22 }), undefined);
});

test('tells a Mosquitto from programs with a similar name', (t) => {
  for (const command of ['mosquitto', '/usr/sbin/mosquitto -d']) t.true(isMosquitto(command));
  for (const command of ['mosquitto_sub -t x', 'python3 mosquitto', 'sshd: mosquitto']) t.false(isMosquitto(command));
});
