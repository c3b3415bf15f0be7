import test from 'ava';
import { commandSchema, LIMITS } from '../../../live/protocol.ts';

const publish = { do: 'publish', topic: 'a', payload: '', qos: 0, retain: false } as const;

for (const [field, bytes] of [
  ['payload', LIMITS.payloadBytes],
  ['topic', LIMITS.topicBytes],
] as const) {
  test(`the ${field} of a message has at most ${bytes} bytes, whatever its letters`, (t) => {
    const accepts = (text: string) => commandSchema.safeParse({ ...publish, [field]: text }).success;
    for (const letter of ['a', 'é', '€']) {
      const most = letter.repeat(Math.floor(bytes / Buffer.byteLength(letter)));
      t.true(accepts(most), letter);
      t.false(accepts(most + letter), letter);
    }
  });
}
