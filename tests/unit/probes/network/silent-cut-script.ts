import { spawnSync } from 'node:child_process';
import test from 'ava';
import {
  attemptsScript,
  publisherScript,
  publishScript,
  subscriberScript,
} from '../../../../probes/clients/mosquitto-script.ts';
import { followScript } from '../../../../probes/network/broker-log.ts';
import { killScript } from '../../../../probes/network/kernel-end.ts';
import { cutScript, flowScript, undoScript } from '../../../../probes/network/silent-cut-script.ts';

const PASSWORD = "p'a $(id) `w";
const options = { address: '192.0.2.1', port: 1883, topic: "it's", login: { user: 'sam', password: PASSWORD } };
const flow = { family: 4, clientPort: 40_000, brokerPort: 1883 } as const;

const SCRIPTS = {
  subscriber: subscriberScript(options),
  publisher: publisherScript(options, 30),
  'a message a second': publisherScript(options, 30, "it's a"),
  'one message': publishScript(options, Buffer.from([0, 37, 255])),
  attempts: attemptsScript([options, { ...options, login: { user: 'sam' } }], 5),
  flow: flowScript(1, 1883),
  cut: cutScript('mqttlab_a', flow, 30),
  'cut, IPv6': cutScript('mqttlab_a', { ...flow, family: 6 }, 30),
  undo: undoScript('mqttlab_a', flow, 99),
  kill: killScript(1, 1883),
  log: followScript("it's"),
};

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`${name}: a POSIX shell can read it`, (t) => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
    t.is(status, 0, stderr);
  });
}

/** Stands in for a mosquitto client: tells its arguments and environment, and what it reads as its options. */
const STAND_IN = `stdbuf() { shift; "$@"; }
timeout() { shift; "$@"; }
mosquitto_sub() { sh -c 'tr "\\0" "\\n" </proc/$$/cmdline; env; echo OPTIONS; cat "$XDG_CONFIG_HOME/mosquitto_sub"' mosquitto_sub "$@"; }
mosquitto_pub() { sh -c 'tr "\\0" "\\n" </proc/$$/cmdline; env; echo OPTIONS; cat "$XDG_CONFIG_HOME/mosquitto_pub"; echo PAYLOAD; od -An -tx1' mosquitto_pub "$@"; }
`;

for (const name of ['subscriber', 'one message', 'attempts'] as const) {
  test(`${name}: the client reads its password, which is in no argument and no environment`, (t) => {
    const { stdout } = spawnSync('sh', [], { input: STAND_IN + SCRIPTS[name], encoding: 'utf8' });
    const [shown = '', options = ''] = stdout.split('OPTIONS\n');
    t.true(shown.includes("it's"));
    t.false(shown.includes(PASSWORD));
    t.true(options.startsWith(`-u sam\n-P ${PASSWORD}\n`));
  });
}

test('a payload reaches mosquitto_pub byte by byte', (t) => {
  const { stdout } = spawnSync('sh', [], { input: STAND_IN + SCRIPTS['one message'], encoding: 'utf8' });
  t.is(stdout.split('PAYLOAD\n')[1]?.trim(), '00 25 ff');
});

test('a publisher of a message a second gets them as lines, numbered', (t) => {
  const script = publisherScript(options, 1, "it's $(id)");
  const { stdout } = spawnSync('sh', [], { input: STAND_IN + script, encoding: 'utf8' });
  const payload = stdout.split('PAYLOAD\n')[1]?.split('\n')[0]?.trim().replaceAll(' ', '') ?? '';
  t.is(Buffer.from(payload, 'hex').toString(), "it's $(id) 0\n");
});

test('a login that the options file cannot hold is refused', (t) => {
  const login = { user: 'sam', password: 'two\nlines' };
  t.throws(() => subscriberScript({ ...options, login }), { message: /password with a line end/ });
});
