import test from 'ava';
import { parseHTML } from 'linkedom';
import type { CheckRecord } from '../../../../../records/record.ts';
import { pageHtml } from '../../../../../report/page/page.tsx';
import { keepAliveRecords, trafficRecord } from '../_keep-alive.ts';
import { recordOf, resultsOf } from '../_results.ts';

const NEWER = { address: '127.0.0.1', port: 1883, version: 'mosquitto 2.1.2' };

function sectionsOf(records: readonly CheckRecord[]) {
  const { document } = parseHTML(pageHtml(resultsOf(records), ''));
  const section = (id: string) => {
    const element = document.getElementById(id);
    if (element === null) throw new Error(`no section ${id}`);
    return element;
  };
  return { traffic: section('keep-alive-traffic'), value: section('keep-alive-value') };
}

function cellsOf(section: Element, caption: RegExp): string[][] {
  const table = [...section.querySelectorAll('table')].find((one) =>
    caption.test(one.querySelector('caption')?.textContent ?? ''),
  );
  const rows = [...(table?.querySelectorAll('tbody tr') ?? [])];
  return rows.map((row) => [...row.querySelectorAll('th, td')].map(({ textContent }) => textContent?.trim() ?? ''));
}

test('shows both exchanges of 3a and 3b with their cost, and folds the other client', (t) => {
  const { traffic } = sectionsOf(keepAliveRecords());
  t.deepEqual(
    cellsOf(traffic, /^3a/).map(([keepAlive, , arrived, pings]) => [keepAlive, arrived, pings]),
    [
      ['5 s', '0.9', '15'],
      ['25 s', '0.9', '3'],
    ],
  );
  t.deepEqual(cellsOf(traffic, /^3b: on the network, .* the kernel of pi$/), [
    ['5 s', '75.5 s', '34', '144', '55', '3,016', '4', '160', '2.76 MB'],
    ['25 s', '75.5 s', '10', '96', '19', '1,096', '4', '160', '553 kB'],
  ]);
  const text = traffic.textContent ?? '';
  t.regex(text, /86,400 s ÷ 5 s × 160 B = 2,764,800 B; 86,400 s ÷ 25 s × 160 B = 552,960 B/);
  t.regex(text, /5\.0 times as often, and the ratio of the keep alives is 5\./);
  t.is(traffic.querySelectorAll('figure').length, 2);
  t.regex(traffic.querySelector('details summary')?.textContent ?? '', /checks|counters/);
  t.regex(text, /The same with mqtt\.js 5\.16\.0 on this machine/);
});

test('names a missing exchange of 3a, and computes its day from the rest', (t) => {
  const skipped = {
    verdict: 'skipped',
    reason: 'the lab file allows a keep alive of 20 s at most',
    observed: null,
  } as const;
  const late = trafficRecord(5, 'mosquitto', 'idle', {
    pings: 3,
    pingsAtMs: [6_000, 12_000, 18_000],
    durationMs: 18_100,
  });
  const { traffic } = sectionsOf([
    late,
    recordOf('keepalive.traffic.25s.mosquitto.idle.pi', { host: 'pi', ...skipped }),
  ]);
  const text = traffic.textContent ?? '';
  t.regex(
    text,
    /One exchange, with a keep alive of 5 s: .* The exchange with 25 s was skipped: the lab file allows .* 20 s at most\./,
  );
  t.notRegex(text, /In parallel/);
  t.regex(text, /86,400 s ÷ 6 s × 160 B = 2,304,000 B/);
});

test('shows a row for each busy client, compared with an idle one, with the reason', (t) => {
  const { traffic } = sectionsOf(keepAliveRecords());
  const rows = cellsOf(traffic, /^PINGREQ by client/).map((cells) => cells.map((cell) => cell.split('in ')[0]));
  t.deepEqual(rows, [
    ['mosquitto clients 2.0.11 on pi', '15 PINGREQ', '3 PINGREQ', '0 PINGREQ', '3 PINGREQ', '0 PINGREQ'],
    ['paho-mqtt 1.6.1 on pi', '–', '–', '3 PINGREQ', '–', '–'],
  ]);
  t.regex(traffic.textContent ?? '', /libmosquitto pings when/);
});

test('shows the recommendation of 3c, its sweep and its inputs', (t) => {
  const { value } = sectionsOf(keepAliveRecords());
  const text = value.textContent ?? '';
  t.regex(text, /56 s is the longest keep alive/);
  t.regex(text, /keep alives of 5 and 25 s 5\.5 to 5\.6 s after/);
  t.true(cellsOf(value, /sweep/).some(([keepAlive]) => keepAlive === '600 s'));
  t.is(value.querySelectorAll('figure svg').length, 2);
  // inputs need the script
  t.true(value.querySelector('form')?.parentElement?.hasAttribute('hidden'));
});

test('says for 3c where the limit comes from, and what is known of the broker’s version', (t) => {
  const expiry = recordOf('keepalive.expiry.5s.v311', { observed: { closedAfterMs: 10_000, willAfterMs: 10_000 } });
  const { value } = sectionsOf([trafficRecord(5, 'mosquitto', 'idle'), expiry]);
  const text = value.textContent ?? '';
  t.regex(text, /Allowed: 5 s, .* to 1,200 s, the default of a lab file/);
  t.regex(text, /Known of the broker’s version, not measured: it looks every 6 s .* \+ 7 s, which is 4\.5 s more/);
  t.regex(text, /A sweep of keep alives; .*; in brackets by the broker’s version, not measured/);
  const other = parseHTML(
    pageHtml(resultsOf([trafficRecord(5, 'mosquitto', 'idle'), expiry], { broker: NEWER }), ''),
  ).document;
  t.notRegex(other.getElementById('keep-alive-value')?.textContent ?? '', /broker’s version|in brackets/);
});

test('shows bytes of MQTT where there is no Pi', (t) => {
  const { traffic, value } = sectionsOf([trafficRecord(5, 'mqttjs', 'idle'), trafficRecord(25, 'mqttjs', 'idle')]);
  t.regex(traffic.textContent ?? '', /69 kB against 14 kB of MQTT/);
  t.regex(value.textContent ?? '', /took 4 bytes of MQTT/);
  t.regex(value.textContent ?? '', /measured no expiry/);
});

test('names the command that measures 3a and 3b where a run did not', (t) => {
  const { traffic, value } = sectionsOf([]);
  t.regex(traffic.textContent ?? '', /Not measured in this run; \.\/lab report --only keepalive\.traffic measures it/);
  t.regex(value.textContent ?? '', /Not measured in this run; \.\/lab report --only keepalive measures it/);
});

test('escapes names of the lab', (t) => {
  const exchange = { topic: '<script>', publisher: '<b>', subscriber: '&', qos: 1, payload: '<i>', arrivedAtMs: 1 };
  const { traffic } = sectionsOf([trafficRecord(5, 'mosquitto', 'idle', { exchange, client: '<u>' })]);
  t.is(traffic.querySelectorAll('script, b, i, u').length, 0);
  t.true(traffic.textContent?.includes('<script>'));
});
