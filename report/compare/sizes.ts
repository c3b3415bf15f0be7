import type { Size } from '../../records/measured/size.ts';
import { measured } from '../../records/measurements.ts';
import type { ComparedRun } from './find-run.ts';

/** A number of packets or bytes that changed: `what` such as `publisher PUBLISH bytes`, of the check `id`, for one message or ping. */
export type SizeChange = {
  readonly id: string;
  readonly what: string;
  readonly before: number;
  readonly after: number;
};

export type Sizes = {
  /** How many checks of both runs have sizes. */
  readonly compared: number;
  readonly changes: readonly SizeChange[];
};

type Sums = {
  /** How many messages the numbers sum up. */
  readonly messages: number;
  readonly numbers: ReadonlyMap<string, number>;
};

/** MQTT's packets and bytes are exact, so any difference counts. Those of IP vary with TCP's acknowledgements and are left out. */
export function sizeChanges(before: ComparedRun, after: ComparedRun): Sizes {
  const others = sumsOf(after);
  const pairs = [...sumsOf(before)].flatMap(([id, one]) => {
    const two = others.get(id);
    return two === undefined ? [] : [{ id, one, two }];
  });
  return { compared: pairs.length, changes: pairs.flatMap(({ id, one, two }) => changesOf(id, one, two)) };
}

function changesOf(id: string, one: Sums, two: Sums): SizeChange[] {
  const subjects = [...new Set([...one.numbers.keys(), ...two.numbers.keys()])];
  return subjects.flatMap((what) => {
    const [was, is] = [one.numbers.get(what) ?? 0, two.numbers.get(what) ?? 0];
    // for one message, without a division that would round
    if (was * two.messages === is * one.messages) return [];
    return [{ id, what, before: was / one.messages, after: is / two.messages }];
  });
}

/** By the check's id. */
function sumsOf({ records }: ComparedRun): Map<string, Sums> {
  const all = [...records.values()];
  const pairs = measured(all, 'qos pair').map(({ record, observed: { packets, bytes } }) => {
    const numbers = (['publisher', 'subscriber'] as const).flatMap((end) => [
      [`${end} packets`, packets[end]] as const,
      [`${end} bytes`, bytes[end]] as const,
    ]);
    return [record.id, { messages: 1, numbers: new Map(numbers) }] as const;
  });
  const sizes = measured(all, 'size').map(({ record, observed: { messages, hops } }) => {
    const numbers = [...hopNumbers('publisher', hops.publisher), ...hopNumbers('subscriber', hops.subscriber)];
    return [record.id, { messages, numbers: new Map(numbers) }] as const;
  });
  const pings = measured(all, 'traffic').flatMap(({ record, observed: { perPing } }) =>
    perPing === undefined
      ? []
      : [[record.id, { messages: 1, numbers: new Map([['ping bytes', perPing.mqttBytes]]) }] as const],
  );
  return new Map([...pairs, ...sizes, ...pings]);
}

function hopNumbers(end: string, { types, mqttBytes }: Size['hops']['publisher']): (readonly [string, number])[] {
  const byType = Object.entries(types).flatMap(
    ([type, { packets, bytes }]) =>
      [
        [`${end} ${type} packets`, packets],
        [`${end} ${type} bytes`, bytes],
      ] as const,
  );
  return [...byType, [`${end} bytes`, mqttBytes]];
}
