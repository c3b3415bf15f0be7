import { z } from 'zod';
import type { Paint } from '../../base/paint.ts';
import type { CheckRecord } from '../../records/record.ts';

const LEVELS = [0, 1, 2] as const;
const VERSIONS = [
  { tag: 'v311', number: '3.1.1' },
  { tag: 'v5', number: '5' },
] as const;
type Version = (typeof VERSIONS)[number];

const ends = z.object({ publisher: z.number(), subscriber: z.number() });
const schema = z.object({ delivered: z.number(), packets: ends, bytes: ends });

/** What became of a message, both hops together. */
type Cell = { readonly delivered: number; readonly packets: number; readonly bytes: number; readonly failed: boolean };

/** By `p0s2`: publisher's QoS, subscriber's QoS. */
type Table = { readonly version: Version; readonly cells: ReadonlyMap<string, Cell> };

const WIDE = 23;

/** The table of the publisher's and the subscriber's QoS: one for both versions of MQTT where they differ in bytes alone, else one for each. */
export function matrixLines(records: readonly CheckRecord[], paint: Paint): string[] {
  const tables = VERSIONS.map((version) => tableOf(records, version)).filter(({ cells }) => cells.size > 0);
  const [one, other] = tables;
  if (one === undefined) return [];
  if (other === undefined || !isAlike(one, other)) return tables.flatMap((table) => tableLines([table], paint));
  return tableLines([one, other], paint);
}

function tableOf(records: readonly CheckRecord[], version: Version): Table {
  const cells = records.flatMap(({ id, observed, verdict }) => {
    const [family, group, pair = '', tag] = id.split('.');
    if (family !== 'qos' || group !== 'matrix' || tag !== version.tag) return [];
    const { data } = schema.safeParse(observed);
    if (data === undefined) return [];
    const { delivered, packets, bytes } = data;
    const cell: Cell = {
      delivered,
      packets: packets.publisher + packets.subscriber,
      bytes: bytes.publisher + bytes.subscriber,
      failed: verdict === 'fail',
    };
    return [[pair, cell] as const];
  });
  return { version, cells: new Map(cells) };
}

function isAlike({ cells: one }: Table, { cells: other }: Table): boolean {
  return [...new Set([...one.keys(), ...other.keys()])].every((pair) => {
    const [a, b] = [one.get(pair), other.get(pair)];
    return a?.delivered === b?.delivered && a?.packets === b?.packets;
  });
}

function tableLines(tables: readonly Table[], paint: Paint): string[] {
  const versions = tables.map(({ version }) => version.number).join('/');
  const row = (head: string, cells: readonly string[]) => `  ${head.padEnd(6)}  ${cells.join(' ')}`.trimEnd();
  return [
    `QoS delivered: packets, bytes of both hops (MQTT ${versions})`,
    row(
      'QoS',
      LEVELS.map((qos) => `to ${qos}`.padEnd(WIDE)),
    ),
    ...LEVELS.map((publisher) =>
      row(
        `from ${publisher}`,
        LEVELS.map((subscriber) => cellText(tables, `p${publisher}s${subscriber}`, paint)),
      ),
    ),
  ];
}

/** `1: 4 packets, 570/572`. */
function cellText(tables: readonly Table[], pair: string, paint: Paint): string {
  const cells = tables.flatMap(({ cells: all }) => all.get(pair) ?? []);
  const [cell] = cells;
  if (cell === undefined) return '–'.padEnd(WIDE);
  const { delivered, packets } = cell;
  const text = `${delivered}: ${packets} packets, ${cells.map(({ bytes }) => bytes).join('/')}`.padEnd(WIDE);
  return cells.some(({ failed }) => failed) ? paint('red', text) : text;
}
