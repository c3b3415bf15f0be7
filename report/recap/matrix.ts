import type { Paint } from '../../base/paint.ts';
import { type Measured, measured } from '../../records/measurements.ts';
import type { CheckRecord } from '../../records/record.ts';

const LEVELS = [0, 1, 2] as const;
const VERSIONS = ['3.1.1', '5'] as const;
const WIDE = 23;

/** The measurements of one version of MQTT. */
type Table = { readonly version: string; readonly pairs: readonly Measured<'qos pair'>[] };

/** The QoS table: one for both versions of MQTT where they differ only in bytes, otherwise one for each. */
export function matrixLines(records: readonly CheckRecord[], paint: Paint): string[] {
  const all = measured(records, 'qos pair');
  const tables = VERSIONS.map((version) => ({
    version,
    pairs: all.filter(({ subject }) => subject.version === version),
  })).filter(({ pairs }) => pairs.length > 0);
  const [one, other] = tables;
  if (one === undefined) return [];
  if (other === undefined || !isAlike(one, other)) return tables.flatMap((table) => tableLines([table], paint));
  return tableLines([one, other], paint);
}

function pairOf({ pairs }: Table, published: number, requested: number): Measured<'qos pair'> | undefined {
  return pairs.find(({ subject }) => subject.published === published && subject.requested === requested);
}

function isAlike(one: Table, other: Table): boolean {
  return LEVELS.every((published) =>
    LEVELS.every((requested) => {
      const [a, b] = [pairOf(one, published, requested), pairOf(other, published, requested)];
      return a?.observed.delivered === b?.observed.delivered && packetsOf(a) === packetsOf(b);
    }),
  );
}

function tableLines(tables: readonly Table[], paint: Paint): string[] {
  const row = (head: string, cells: readonly string[]) => `  ${head.padEnd(6)}  ${cells.join(' ')}`.trimEnd();
  const heads = LEVELS.map((qos) => `to ${qos}`.padEnd(WIDE));
  return [
    `QoS delivered: packets, bytes of both hops (MQTT ${tables.map(({ version }) => version).join('/')})`,
    row('QoS', heads),
    ...LEVELS.map((published) => {
      const cells = LEVELS.map((requested) =>
        cellText(
          tables.flatMap((table) => pairOf(table, published, requested) ?? []),
          paint,
        ),
      );
      return row(`from ${published}`, cells);
    }),
  ];
}

/** `1: 4 packets, 570/572`. */
function cellText(pairs: readonly Measured<'qos pair'>[], paint: Paint): string {
  const [pair] = pairs;
  if (pair?.observed.delivered === undefined) return '–'.padEnd(WIDE);
  const bytes = pairs.map(({ observed }) => observed.bytes.publisher + observed.bytes.subscriber);
  const text = `${pair.observed.delivered}: ${packetsOf(pair)} packets, ${bytes.join('/')}`.padEnd(WIDE);
  return pairs.some(({ record }) => record.verdict === 'fail') ? paint('red', text) : text;
}

function packetsOf(pair: Measured<'qos pair'> | undefined): number | undefined {
  return pair === undefined ? undefined : pair.observed.packets.publisher + pair.observed.packets.subscriber;
}
