import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import test from 'ava';
import type { LabCommand, Outcome } from '../lab/support/command.ts';
import { PORT } from '../lab/support/lab.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { PROJECT } from '../suite/child.ts';

/** A password that no other word of the output contains. */
const PASSWORD = 'kO9-xY7';
const OPTIONS = {
  broker: { host: 'container', port: PORT, maxKeepAlive: 300 },
  pis: {},
  users: { sam: { password: PASSWORD }, alice: { password: 'alice' } },
};

const theLab = ownLab('clients', OPTIONS, { installed: true });

const publish = (...args: string[]): Promise<Outcome> => theLab().run(['publish', '--as', 'sam', ...args]);
const subscribe = (...args: string[]): Promise<Outcome> => theLab().run(['subscribe', '--as', 'alice', ...args]);

/** A subscriber of alice's whose subscription the broker has acknowledged. */
async function subscriber(...args: string[]): Promise<LabCommand> {
  const command = theLab().start(['subscribe', '--as', 'alice', '--debug', ...args]);
  await command.shows(/← SUBACK/);
  return command;
}

async function interrupted(command: LabCommand): Promise<Outcome> {
  command.interrupt();
  return await command.ended;
}

/** A command line of a shell in the lab's folder, `lab` in it being ./lab. */
async function shell(script: string): Promise<string> {
  const prelude = `lab() { "${process.execPath}" "${path.join(PROJECT, 'lab')}" "$@"; }`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', `${prelude}; ${script}`], {
    cwd: theLab().folder,
    timeout: 60_000,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return `${stdout}${stderr}`;
}

test.serial('the lab comes up', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
});

test.serial(
  'a persistent session receives what was published at QoS 1 in its absence, and nothing of QoS 0',
  async (t) => {
    t.is((await interrupted(await subscriber('status', '--qos', '1'))).code, 130);
    t.is((await publish('status', 'at 1', '--qos', '1')).code, 0);
    t.is((await publish('status', 'at 0', '--qos', '0')).code, 0);
    t.is((await publish('status', 'the last', '--qos', '1')).code, 0);
    const { code, stdout } = await subscribe('status', '--qos', '1', '--count', '2');
    t.is(code, 0);
    t.is(stdout, 'at 1\nthe last\n');
  },
);

for (const [qos, version] of [
  ['1', '3.1.1'],
  ['2', '3.1.1'],
  ['2', '5'],
] as const) {
  test.serial(`--count leaves the rest of the queue with the broker: QoS ${qos}, MQTT ${version}`, async (t) => {
    const session = ['status', '--qos', qos, '--mqtt', version, '--client-id', `queue-${qos}-${version}`];
    await interrupted(await subscriber(...session));
    const lines = { input: 'one\ntwo\nthree\nfour\n' };
    t.is((await theLab().run(['publish', '--as', 'sam', 'status', '--qos', '2'], lines)).code, 0);
    t.is((await subscribe(...session, '--count', '1')).stdout, 'one\n');
    t.is((await subscribe(...session, '--count', '3')).stdout, 'two\nthree\nfour\n');
  });
}

test.serial('--clean discards the session, --client-id names another', async (t) => {
  await interrupted(await subscriber('status', '--qos', '1', '--client-id', 'kept'));
  await interrupted(await subscriber('status', '--qos', '1', '--client-id', 'forgotten'));
  await interrupted(await subscriber('status', '--qos', '1', '--client-id', 'forgotten', '--clean'));
  await publish('status', 'for sessions', '--qos', '1');
  const forgotten = await subscriber('status', '--qos', '1', '--client-id', 'forgotten');
  t.notRegex((await interrupted(forgotten)).all, /session present|for sessions/);
  const kept = await subscribe('status', '--qos', '1', '--client-id', 'kept', '--count', '1', '--debug');
  t.is(kept.stdout, 'for sessions\n');
  t.regex(kept.stderr, /→ CONNECT MQTT 3\.1\.1 client "kept" persistent/);
  t.regex(kept.stderr, /← CONNACK session present/);
});

const WILL = ['publish', '--as', 'sam', 'status', '--will', 'sam is gone', '--debug'];

test.serial('a killed publisher’s last will arrives', async (t) => {
  const reader = await subscriber('status');
  const publisher = theLab().start(WILL, { keepsInput: true });
  await publisher.shows(/← CONNACK/);
  process.kill(publisher.pid, 'SIGKILL');
  await reader.shows(/^sam is gone$/m);
  t.regex((await publisher.ended).stderr, /will status "sam is gone" qos 0/);
  await interrupted(reader);
});

test.serial('Ctrl-C ends a publisher and a subscriber with a DISCONNECT: no will, no error message', async (t) => {
  const reader = await subscriber('status', '--will', 'alice is gone');
  const publisher = theLab().start(WILL, { keepsInput: true, input: 'a line\n' });
  await reader.shows(/^a line$/m);
  for (const ended of [await interrupted(publisher), await interrupted(reader)]) {
    t.is(ended.code, 130);
    t.regex(ended.stderr, /→ DISCONNECT {2}2 bytes: e0 00\n$/);
    t.notRegex(ended.stdout, /is gone/);
  }
});

test.serial('--debug prints each control packet with direction, fields and bytes, and no password', async (t) => {
  const { stderr } = await publish('status', 'hello', '--qos', '2', '--keep-alive', '25', '--debug');
  const lines = stderr.trim().split('\n');
  t.true(
    lines.every((line) => /^\d\d:\d\d:\d\d\.\d{3}Z [→←] [A-Z]+ .* \d+ bytes/.test(line)),
    stderr,
  );
  t.deepEqual(
    lines.map((line) => line.split(' ').slice(1, 3).join(' ')),
    ['→ CONNECT', '← CONNACK', '→ PUBLISH', '← PUBREC', '→ PUBREL', '← PUBCOMP', '→ DISCONNECT'],
  );
  t.regex(stderr, /keep alive 25 s user sam with password {2}\d+ bytes$/m);
  t.regex(stderr, /PUBLISH status "hello" qos 2 id \d+ {2}17 bytes: 34 0f 00 06 73 74 61 74 75 73/);
  t.false(
    stderr.includes(PASSWORD) ||
      stderr.includes(
        Buffer.from(PASSWORD)
          .toString('hex')
          .replace(/..(?!$)/g, '$& '),
      ),
  );
});

test.serial('--mqtt 5 sends its CONNECT, and explains a denial', async (t) => {
  const good = await publish('status', 'x', '--qos', '1', '--mqtt', '5', '--debug');
  t.is(good.code, 0);
  t.regex(good.stderr, /→ CONNECT MQTT 5 .*\{ sessionExpiryInterval 86400 \}/);
  const bad = await publish('nowhere', 'x', '--qos', '1', '--mqtt', '5');
  t.is(bad.code, 1);
  t.regex(
    bad.stderr,
    /broker 127\.0\.0\.1:\d+: publish to nowhere: the broker denied it with code 0x87 \(not authorised\)\n {2}try: /,
  );
});

test.serial('explains a login that the broker refuses', async (t) => {
  await theLab().write({ ...OPTIONS, users: { sam: { password: 'changed' }, alice: { password: 'alice' } } });
  const { code, stderr } = await publish('status', 'x');
  await theLab().write(OPTIONS);
  t.is(code, 1);
  t.regex(stderr, /log in as sam: the broker refused with code 5 \(not authorised\)\n {2}try: .*\.\/lab up/);
  t.notRegex(stderr, /changed/);
});

for (const [name, args, message] of [
  [
    'a user that the lab file does not have',
    ['publish', '--as', 'bob', 'status', 'x'],
    /no such user; it has sam, alice/,
  ],
  ['a wildcard to publish to', ['publish', '--as', 'sam', 'a/#', 'x'], /topic a\/# has a wildcard/],
  ['no filter', ['subscribe', '--as', 'alice', 'a#'], /topic a# has a wildcard out of place/],
  [
    'a keep alive that is too long',
    ['publish', '--as', 'sam', 'status', 'x', '--keep-alive', '301'],
    /must be 1 to 300/,
  ],
] as const) {
  test.serial(`refused as input: ${name}`, async (t) => {
    const { code, stderr } = await theLab().run(args);
    t.is(code, 2);
    t.regex(stderr, message);
  });
}

test.serial(
  'warns of what the lab file does not allow, and judges a wildcard by the topics that it covers',
  async (t) => {
    t.regex((await publish('nowhere', 'x')).stderr, /does not let sam publish to nowhere/);
    const wide = await subscriber('#');
    await publish('status', 'wide');
    await wide.shows(/^status wide$/m);
    t.notRegex((await interrupted(wide)).stderr, /does not let/);
    t.regex((await interrupted(await subscriber('nowhere/#'))).stderr, /does not let alice subscribe to nowhere\/#/);
  },
);

test.serial('publishes the lines of a pipe, a file, and nothing', async (t) => {
  const reader = await subscriber('status', '--count', '3');
  t.is(await shell('printf "one\\ntwo" | lab publish --as sam status; echo $?'), '0\n');
  t.is(await shell('echo three >lines; lab publish --as sam status <lines; echo $?'), '0\n');
  t.is((await reader.ended).stdout, 'one\ntwo\nthree\n');
  t.is(await shell('lab publish --as sam status </dev/null; echo $?'), '0\n');
});

test.serial('subscribe ends when nobody reads its output any longer', async (t) => {
  await interrupted(await subscriber('status', '--qos', '1', '--client-id', 'head'));
  await theLab().run(['publish', '--as', 'sam', 'status', '--qos', '1'], { input: 'one\ntwo\nthree\nfour\n' });
  const script = 'lab subscribe --as alice status --qos 1 --client-id head | head -1; echo ${PIPESTATUS[0]}';
  let isOver = false;
  const feed = async () => {
    // acknowledged, so that no message is under way when the next test subscribes
    while (!isOver) await publish('status', 'more', '--qos', '1').catch(() => undefined);
  };
  const feeding = feed();
  try {
    t.is(await shell(script), 'one\n0\n');
  } finally {
    isOver = true;
    await feeding;
  }
});

test.serial('a subscriber comes back when the broker does', async (t) => {
  const reader = await subscriber('status', '--qos', '1', '--count', '1', '--client-id', 'returns');
  await theLab().container('broker').shell('kill $(pgrep -x mosquitto || cat /run/mosquitto/mosquitto.pid)');
  await reader.shows(/connection lost, trying again/);
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  await reader.shows(/connected again/);
  await publish('status', 'after all', '--qos', '1');
  const { code, stdout } = await reader.ended;
  t.is(code, 0);
  t.is(stdout, 'after all\n');
});

test.serial('says which is not running, the Pi or the broker', async (t) => {
  await theLab().write({ ...OPTIONS, pis: { pi: { host: 'container' } } });
  const { code, all } = await publish('status', 'x');
  t.is(code, 0, all);
  await theLab().container('broker').kill();
  const without = await publish('status', 'x');
  await theLab().write(OPTIONS);
  t.is(without.code, 2);
  t.regex(without.stderr, /broker: find the containers: broker is not running\n {2}try: \.\/lab up/);
});
