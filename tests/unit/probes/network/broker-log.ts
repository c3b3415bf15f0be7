import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { followBrokerLog, followScript, hasEnded, logText } from '../../../../probes/network/broker-log.ts';
import type { Command, Host } from '../../../../provisioning/hosts/host.ts';
import { localHost } from '../../../../provisioning/hosts/local.ts';
import { until } from '../../../lab/support/until.ts';
import { folderFor, syntaxError } from '../../_sh.ts';

const CONNECTED = '1795412660: New client connected from 127.0.0.1:1 as lab-a (p2, c1, k60).\n';
const CLOSED = '1795412661: Client lab-a closed its connection.\n';
/** A log in a test's folder needs no root. */
const here: Host = {
  ...localHost('broker'),
  start: ({ root: _, ...command }) => localHost('broker').start(command),
};

function follow(t: ExecutionContext, file: string, host = Promise.resolve(here)) {
  const log = followBrokerLog(host, file, { boundMs: 30_000 });
  t.teardown(() => log[Symbol.asyncDispose]());
  return log;
}

test('gives earlier lines no time and new ones a time, through a rotation', async (t) => {
  const file = join(folderFor(t), 'log');
  writeFileSync(file, CONNECTED);
  const log = follow(t, file);
  await until('the earlier line', 10_000, () => log.about('lab-a')[0]);
  appendFileSync(file, CLOSED);
  await log.settled('lab-a');
  await until('the new line', 10_000, () => log.about('lab-a')[1]);
  renameSync(file, `${file}.1`);
  writeFileSync(file, '1795412662: mosquitto version 2.0.11 terminating\n');
  await until('the new file', 10_000, () => log.aboutItself(0)[0]);
  t.like(log.about('lab-a'), [
    { at: undefined, text: 'New client connected from 127.0.0.1:1 as lab-a (p2, c1, k60).' },
    { text: 'Client lab-a closed its connection.' },
  ]);
  t.true((log.about('lab-a')[1]?.at ?? 0) > 0);
  t.deepEqual(log.about('lab-b'), []);
});

test('has no lines and never waits without a log or without a host', async (t) => {
  const none = follow(t, join(folderFor(t), 'none'));
  await none.settled('lab-a');
  t.deepEqual(none.about('lab-a'), []);
  const unreachable = follow(t, '/none', Promise.reject(new Error('no route to host')));
  await unreachable.settled('lab-a');
  t.deepEqual(unreachable.about('lab-a'), []);
});

test('handles thousands of lines at once in less than a second while many wait', async (t) => {
  let feed: Command['onLine'];
  const quiet: Host = {
    ...here,
    start(command) {
      feed = command.onLine;
      return { result: new Promise(() => undefined), group: Promise.resolve(1), kill: async () => undefined };
    },
  };
  const log = followBrokerLog(Promise.resolve(quiet), '/log', { boundMs: 30_000 });
  await until('the start', 10_000, () => feed);
  feed?.('LIVE', 'stdout');
  const ids = Array.from({ length: 20 }, (_, index) => `lab-${index}w`);
  for (const id of ids) feed?.(`1: New client connected from 192.0.2.1:1 as ${id} (p2).`, 'stdout');
  const settled = ids.map((id) => log.settled(id));
  const from = performance.now();
  for (let index = 0; index < 5_000; index += 1) feed?.(`1: New client connected as other-${index}`, 'stdout');
  t.true(performance.now() - from < 1_000);
  for (const id of ids) feed?.(`1: Client ${id} disconnected.`, 'stdout');
  await Promise.all(settled);
  t.is(log.about('lab-7w').length, 2);
});

/** [lines about a client; whether they contain the end of its connection] */
const ends: readonly (readonly [lines: readonly string[], hasEnded: boolean])[] = [
  [[], true],
  [['Denied PUBLISH from lab-a'], true],
  [[CONNECTED], false],
  [[CONNECTED, CLOSED], true],
  [[CONNECTED, 'Client lab-a disconnected.'], true],
  [[CONNECTED, 'Client lab-a disconnected due to protocol error.'], true],
  [[CONNECTED, 'Client lab-a has exceeded timeout, disconnecting.'], true],
  [[CONNECTED, 'Client lab-a already connected, closing old connection.', CONNECTED], true],
];

for (const [lines, expected] of ends) {
  test(`finds a connection ${expected ? 'ended' : 'open'} after: ${lines.join('').trim() || 'nothing'}`, (t) => {
    t.is(hasEnded(lines.map((line) => ({ at: 1, text: logText(line.trim()) ?? '' }))), expected);
  });
}

/** [line of the log; its text] */
const texts: readonly (readonly [line: string, text: string | undefined])[] = [
  ['1795412661: Client a disconnected.', 'Client a disconnected.'],
  ['2026-11-23T05:45:03: Client a disconnected.', '2026-11-23T05:45:03: Client a disconnected.'],
  ['', undefined],
  ['1795412661: New connection from 192.0.2.1:1 on port 1883.', undefined],
  ['1795412661: Received PINGREQ from a', undefined],
  ['1795412661: Sending CONNACK to a (0, 0)', undefined],
];

for (const [line, text] of texts) test(`parses the log line ${line}`, (t) => t.is(logText(line), text));

test('makes a valid shell script for any name of the file', (t) => t.is(syntaxError(followScript("it's")), ''));
