import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { preflight } from '../../../mosquitto/preflight.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { planOf } from './_resource.ts';

const lab = labOf(TWO_USERS);
const OTHER = 'file /etc/mosquitto/conf.d/mine.conf\nport 1883 7 mosquitto';
const SSHD = 'port 1883 612 sshd: /usr/sbin/sshd -D';
const DOCKER = 'port 1883 9 /usr/bin/docker-proxy -proto tcp -host-port 1883';
const PYTHON = 'port 1883 7 python3 broker.py';

for (const takeOver of [false, true]) {
  test(`passes on a host without obstacles${takeOver ? ', with --take-over' : ''}`, (t) => {
    t.deepEqual(planOf(preflight(lab, { takeOver }), ''), { items: [] });
  });
}

test('lets a foreign Mosquitto pass with --take-over', (t) => {
  t.deepEqual(planOf(preflight(lab, { takeOver: true }), OTHER), { items: [] });
});

/** [the host's output; whether --take-over is given; facts in the error] */
const rows: readonly (readonly [output: string, takeOver: boolean, facts: readonly RegExp[]])[] = [
  [OTHER, false, [/mine\.conf .*not written by the lab/, /port 1883 .*process 7: mosquitto/]],
  [OTHER, false, [/try: choose another host.*--take-over/]],
  ['port 1883 7 mosquitto', false, [/try: choose another port in the lab file.*--take-over/]],
  [PYTHON, false, [/port 1883 .*process 7: python3 broker\.py/, /try: stop process 7 \(python3\)/]],
  [PYTHON, true, [/try: stop process 7 \(python3\)/]],
  [
    SSHD,
    true,
    [
      /is taken by process 612: sshd: \/usr\/sbin\/sshd/,
      /try: choose another port in the lab file, `broker: \{ host: container \}`/,
    ],
  ],
  [DOCKER, false, [/docker-proxy/, /try: stop the container that publishes port 1883/]],
  ['port 1883 0 a process of another namespace', false, [/taken by a process of another namespace/, /sudo ss -ltnp/]],
  [`${OTHER}\n${PYTHON}`, true, [/python3 broker\.py/]],
  [
    `link /etc/mosquitto/conf.d /srv/my conf.d \n${OTHER}`,
    true,
    [/\/etc\/mosquitto\/conf\.d is a symbolic link to \/srv\/my conf\.d\b/, /try: .*mount --bind/],
  ],
];

for (const [output, takeOver, facts] of rows) {
  test(`refuses${takeOver ? ' with --take-over' : ''}: ${output.replaceAll('\n', ' | ')}: ${facts.join(' ')}`, (t) => {
    const error = t.throws(() => planOf(preflight(lab, { takeOver }), output), { instanceOf: LabError });
    t.is(error?.kind, 'could-not-run');
    for (const fact of facts) t.regex(error?.message ?? '', fact);
  });
}
