import type { IPublishPacket } from 'mqtt-packet';
import type { WireMutant } from '../mutant.ts';
import type { Alteration } from '../proxy/link.ts';
import { changeMessages, delivery } from './alter.ts';

const bytesOf = ({ payload }: IPublishPacket) => Buffer.from(payload);

/** Shorter payloads are the checks' sentinels, without which every check would wait until its bound. */
const LONG_BYTES = 64;

const BEYOND_A_KILOBYTE = 1_200;
const BEYOND_64_KILOBYTES = 70_000;

const truncated = (message: IPublishPacket) => {
  const payload = bytesOf(message);
  return payload.length < LONG_BYTES ? undefined : { payload: payload.subarray(0, -1) };
};

const flipped = (message: IPublishPacket) => {
  const payload = bytesOf(message);
  const last = payload.at(-1);
  if (last === undefined || payload.length < LONG_BYTES) return undefined;
  return { payload: Buffer.concat([payload.subarray(0, -1), Buffer.of(last ^ 1)]) };
};

/** Flips a bit of the byte at an index, in the messages that are long enough. */
const flippedAt =
  (index: number) =>
  (message: IPublishPacket): Partial<IPublishPacket> | undefined => {
    const payload = Buffer.from(message.payload);
    if (payload.length <= index) return undefined;
    payload.writeUInt8(payload.readUInt8(index) ^ 1, index);
    return { payload };
  };

/** Changes long messages to clients whose session the broker had. */
function changedInQueue(): Alteration {
  const change = flippedAt(BEYOND_A_KILOBYTE);
  return () => {
    let isReturned = false;
    return {
      toClient(packet) {
        if (packet.cmd === 'connack') isReturned = packet.sessionPresent;
        const changed = packet.cmd === 'publish' && isReturned ? change(packet) : undefined;
        return packet.cmd !== 'publish' || changed === undefined ? undefined : [{ ...packet, ...changed }];
      },
    };
  };
}

/** Mutants that alter payloads. */
export const payloadMutants: readonly WireMutant[] = [
  delivery('payload.truncated', 'the last byte of a long payload is missing', changeMessages('toClient', truncated), [
    'qos.this-machine',
  ]),
  delivery(
    'payload.truncated-at-the-broker',
    'the last byte of a long payload is missing before the broker',
    changeMessages('toBroker', truncated),
    ['qos.this-machine'],
  ),
  delivery('payload.flipped', 'one bit of a long payload is flipped', changeMessages('toClient', flipped), [
    'qos.this-machine',
  ]),
  delivery(
    'payload.flipped-at-the-broker',
    'one bit of a long payload is flipped before the broker',
    changeMessages('toBroker', flipped),
    ['qos.this-machine'],
  ),
  delivery(
    'payload.flipped-beyond-a-kilobyte',
    'one bit is flipped beyond the first kilobyte',
    changeMessages('toClient', flippedAt(BEYOND_A_KILOBYTE)),
    ['qos.payload', 'session.offline.q1', 'retained.set'],
  ),
  delivery(
    'payload.flipped-beyond-64-kilobytes',
    'one bit is flipped beyond 64 kilobytes',
    changeMessages('toClient', flippedAt(BEYOND_64_KILOBYTES)),
    ['qos.payload'],
  ),
  delivery(
    'payload.one-byte',
    'a payload of one byte is altered',
    changeMessages('toClient', (message) => (message.payload.length === 1 ? flippedAt(0)(message) : undefined)),
    ['qos.payload'],
  ),
  delivery(
    'payload.as-text',
    'long payloads are treated as text',
    changeMessages('toClient', ({ payload }) =>
      payload.length > BEYOND_A_KILOBYTE ? { payload: Buffer.from(payload.toString()) } : undefined,
    ),
    ['qos.payload'],
  ),
  delivery(
    'payload.flipped-at-subscribe',
    'one bit of a long retained message is flipped',
    changeMessages('toClient', (message) => (message.retain ? flippedAt(BEYOND_A_KILOBYTE)(message) : undefined)),
    ['retained.set'],
  ),
  delivery('payload.flipped-in-the-queue', 'one bit of a long queued message is flipped', () => changedInQueue(), [
    'session.offline.q1',
    'session.offline.q2',
  ]),
];
