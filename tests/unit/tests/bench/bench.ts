import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { overAll } from '../../../bench/part.ts';
import { openRelay } from '../../../bench/relay.ts';
import { type SideBySide, rowsOf as sideBySideRows } from '../../../bench/side-by-side.ts';
import { isMet, median, type Row, tableLines } from '../../../bench/table.ts';
import { type WholeLab, rowsOf as wholeLabRows } from '../../../bench/whole-lab.ts';

/** [values; their median] */
const medians: readonly (readonly [readonly number[], number])[] = [
  [[1], 1],
  [[3, 1], 2],
  [[10, 9, 2], 9],
  [[4, 1, 3, 2], 2.5],
  [[], Number.NaN],
];

for (const [values, expected] of medians) {
  test(`median of ${values}`, (t) => {
    t.is(median(values), expected);
  });
}

const verdicts = (rows: readonly Row[]) => Object.fromEntries(rows.map((row) => [row.name.trim(), isMet(row)]));

const round: WholeLab = {
  cold: 10,
  second: 0.9,
  secondVerified: 15,
  quick: 12.5,
  quickLongestWait: 10.6,
  verify: 61,
  longestWait: 57,
  waits: 300,
  upPeak: { process: 120, tree: 150 },
  quickPeak: { process: 120, tree: 200 },
  verifyPeak: { process: 130, tree: 400 },
};

test('each target is met or missed by its own figure', (t) => {
  const rows = verdicts(wholeLabRows(overAll([round])));
  t.is(rows['second up --no-verify'], true);
  t.is(rows['verify --quick beyond it'], true);
  t.is(rows.verify, false);
  t.is(rows['verify beyond it'], false);
  t.is(rows['sum of the waits that MQTT imposes'], undefined);
  t.is(rows['memory of verify --quick, all processes'], true);
  t.is(rows['memory of up, all processes'], true);
  t.is(rows['memory of verify, all processes'], false);
  t.is(rows['second up'], undefined);
});

test('a cold run is held against plain ssh, one without changes against Ansible', (t) => {
  const runs: SideBySide = {
    plain: { cold: 10, again: 5 },
    lab: { cold: 11, again: 0.5 },
    ansible: { cold: 20, again: 6 },
  };
  const near = verdicts(sideBySideRows(overAll([runs]), 0));
  t.is(near['up / plain'], true);
  t.is(near['no change: up'], true);
  t.is(near['Ansible / up'], true);
  const slow: SideBySide = { ...runs, lab: { cold: 12, again: 1.2 } };
  const slowNear = verdicts(sideBySideRows(overAll([slow]), 0));
  t.is(slowNear['up / plain'], false);
  t.is(slowNear['no change: up'], false);
  t.is(slowNear['Ansible / up'], false);
  const slowFar = verdicts(sideBySideRows(overAll([slow]), 20));
  t.is(slowFar['no change: up, 40 ms away'], true);
  t.is(slowFar['Ansible / up'], undefined);
});

test('a ratio is taken within each round, then its median', (t) => {
  const rounds = [
    [1, 3],
    [100, 150],
    [8, 10],
  ].map(([plain = 0, lab = 0]): SideBySide => {
    const none = { cold: Number.NaN, again: Number.NaN };
    return { plain: { ...none, cold: plain }, lab: { ...none, cold: lab }, ansible: none };
  });
  const rows = sideBySideRows(overAll(rounds), 0);
  t.is(rows.find(({ unit }) => unit === '×')?.median, 1.5);
});

test('the table tells the target and its verdict', (t) => {
  const lines = tableLines(
    [
      { name: 'a', median: 1.234, unit: 's', target: { most: 1 } },
      { name: 'memory', median: 99.6, unit: 'MB', target: { most: 200 } },
      { name: 'faster', median: 12, unit: '×', target: { least: 10 } },
      { name: 'c', median: 2, unit: '×' },
    ],
    1,
  );
  t.deepEqual(lines, [
    'medians of 1 round',
    'a          1.23 s  ≤ 1.00 s   MISSED',
    'memory     100 MB  ≤ 200 MB   met',
    'faster    12.00 ×  ≥ 10.00 ×  met',
    'c          2.00 ×',
  ]);
});

test('the relay gives each direction all bytes in their order, late, and the end after them', async (t) => {
  const delayMs = 5;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // as a host does: its own words first, then what it is told, then its end
    socket.write('banner ');
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  await using relay = await openRelay('127.0.0.1', port, delayMs);
  const begin = performance.now();
  const socket = createConnection({ host: '127.0.0.1', port: relay.port });
  const words = Array.from({ length: 200 }, (_, index) => `word ${index} ${'x'.repeat(index * 37)}`);
  for (const word of words) socket.write(word);
  socket.end();
  t.is((await buffer(socket)).toString(), `banner ${words.join('')}`);
  // two ways for the connection, one there, one back
  t.true(performance.now() - begin >= 4 * delayMs - 1);
  server.close();
});

test('a host that refuses the connection ends it behind the relay, too', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  server.close();
  await once(server, 'close');
  await using relay = await openRelay('127.0.0.1', port, 1);
  const socket = createConnection({ host: '127.0.0.1', port: relay.port });
  t.is((await buffer(socket).catch(() => Buffer.alloc(0))).length, 0);
});
