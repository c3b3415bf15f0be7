import { z } from 'zod';
import type { KeptRecord, KeptRun } from './run.ts';

/** A number of packets or bytes that is not what it was: `what` such as `publisher PUBLISH bytes`, of the check `id`, for one message or ping. */
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

type Counted = {
  /** That the numbers are the sum of. */
  readonly messages: number;
  readonly numbers: ReadonlyMap<string, number>;
};

const ends = z.object({ publisher: z.number(), subscriber: z.number() });
const oneMessage = z.object({ packets: ends, bytes: ends });

const hop = z.object({
  types: z.record(z.string(), z.object({ packets: z.number(), bytes: z.number() })),
  mqttBytes: z.number(),
});
const manyMessages = z.object({ messages: z.number().positive(), hops: z.object({ publisher: hop, subscriber: hop }) });

const ping = z.object({ perPing: z.object({ mqttBytes: z.number() }) });

/** MQTT's packets and bytes are exact, so any difference is one; those of IP vary with TCP's acknowledgements and are left out. */
export function sizeChanges(before: KeptRun, after: KeptRun): Sizes {
  const pairs = [...before.records.values()].flatMap((record) => {
    const other = after.records.get(record.id);
    const [one, two] = [counted(record), other === undefined ? undefined : counted(other)];
    return one === undefined || two === undefined ? [] : [{ id: record.id, one, two }];
  });
  return { compared: pairs.length, changes: pairs.flatMap(({ id, one, two }) => changesOf(id, one, two)) };
}

function changesOf(id: string, one: Counted, two: Counted): SizeChange[] {
  const subjects = [...new Set([...one.numbers.keys(), ...two.numbers.keys()])];
  return subjects.flatMap((what) => {
    const [was, is] = [one.numbers.get(what) ?? 0, two.numbers.get(what) ?? 0];
    // of a message each, without a division that would round
    if (was * two.messages === is * one.messages) return [];
    return [{ id, what, before: was / one.messages, after: is / two.messages }];
  });
}

function counted({ id, observed }: KeptRecord): Counted | undefined {
  if (id.startsWith('qos.matrix.')) {
    const { data } = oneMessage.safeParse(observed);
    if (data === undefined) return undefined;
    const { packets, bytes } = data;
    const numbers = [
      ['publisher packets', packets.publisher],
      ['publisher bytes', bytes.publisher],
      ['subscriber packets', packets.subscriber],
      ['subscriber bytes', bytes.subscriber],
    ] as const;
    return { messages: 1, numbers: new Map(numbers) };
  }
  if (id.startsWith('qos.size.')) {
    const { data } = manyMessages.safeParse(observed);
    if (data === undefined) return undefined;
    const { publisher, subscriber } = data.hops;
    const numbers = [...hopNumbers('publisher', publisher), ...hopNumbers('subscriber', subscriber)];
    return { messages: data.messages, numbers: new Map(numbers) };
  }
  if (id.startsWith('keepalive.traffic.')) {
    const { data } = ping.safeParse(observed);
    return data === undefined ? undefined : { messages: 1, numbers: new Map([['ping bytes', data.perPing.mqttBytes]]) };
  }
  return undefined;
}

function hopNumbers(end: string, { types, mqttBytes }: z.infer<typeof hop>): (readonly [string, number])[] {
  const byType = Object.entries(types).flatMap(
    ([type, { packets, bytes }]) =>
      [
        [`${end} ${type} packets`, packets],
        [`${end} ${type} bytes`, bytes],
      ] as const,
  );
  return [...byType, [`${end} bytes`, mqttBytes]];
}
