import test from 'ava';
import { checkSaved } from '../../../../live/checkpoint/check-saved.ts';
import type { EventOf, LiveEvent, Saved } from '../../../../live/protocol.ts';
import { savedSchema } from '../../../../live/protocol.ts';
import { STEPS, saved, wholeSession } from './_transcript.ts';

const GOOD = saved(wholeSession());

test('a good transcript proves every step and contradicts nothing', (t) => {
  t.notThrows(() => savedSchema.parse(GOOD));
  const { steps, contradictions } = checkSaved(GOOD);
  t.deepEqual(contradictions, []);
  t.deepEqual(
    steps.filter(({ holds }) => !holds),
    [],
  );
});

test('an empty transcript proves nothing and contradicts nothing', (t) => {
  const { steps, contradictions } = checkSaved({ ...GOOD, events: [] });
  t.deepEqual(contradictions, []);
  t.deepEqual(
    steps.map(({ holds }) => holds),
    STEPS.map(() => false),
  );
});

/** What a file without these steps is judged to show. */
function without(dropped: readonly string[], setup: Partial<Saved['setup']> = {}) {
  const steps = GOOD.setup.steps.filter(({ id }) => !dropped.includes(id));
  return checkSaved({ ...GOOD, setup: { ...GOOD.setup, ...setup, steps } }).steps;
}

test('a step that the file does not have does not hold', (t) => {
  const all = STEPS.map(({ id }) => id);
  const steps = without(all);
  t.deepEqual(
    steps.map(({ id, title }) => ({ id, title })),
    STEPS.map(({ id, title }) => ({ id, title })),
  );
  t.true(steps.every(({ holds }) => !holds));
  t.deepEqual(
    without(['2.2d']).filter(({ holds }) => !holds),
    [{ id: '2.2d', title: 'Published QoS above the subscriber’s', holds: false, isInLab: true, proof: [] }],
  );
});

test('a lab has no step 1.3 without a Pi, no 2.1 where it denies nobody, no 2.3 where keep alives are short', (t) => {
  const notInLab = (setup: Partial<Saved['setup']>) =>
    without(['1.3', '2.1', '2.2a', '2.3a'], setup).flatMap(({ id, isInLab }) => (isInLab ? [] : [id]));
  const here = { name: '', programs: ['mqtt.js' as const] };
  const pi = { name: 'pi', programs: ['paho' as const] };
  t.deepEqual(notInLab({ places: [here] }), ['1.3']);
  t.deepEqual(notInLab({ places: [here, pi], isOpenToAll: false }), []);
  t.deepEqual(notInLab({ places: [here, pi], isOpenToAll: true }), ['2.1']);
  t.deepEqual(notInLab({ places: [here, pi], longestKeepAlive: 24 }), ['2.3a']);
  t.deepEqual(notInLab({ places: [here, pi], longestKeepAlive: 25 }), []);
});

type PacketEvent = EventOf<'packet'>;
const packets = (events: LiveEvent[]) => events.filter((event): event is PacketEvent => event.is === 'packet');
const first = <K extends LiveEvent['is']>(events: LiveEvent[], is: K): EventOf<K> => {
  const found = events.find((event): event is EventOf<K> => event.is === is);
  if (found === undefined) throw new Error(`no ${is}`);
  return found;
};
const packet = (events: LiveEvent[], fits: (event: PacketEvent) => boolean): PacketEvent => {
  const found = packets(events).find(fits);
  if (found === undefined) throw new Error('no packet');
  return found;
};
const publish = ({ packet: { type, qos } }: PacketEvent) => type === 'PUBLISH' && qos === 2;

/** One change of a good transcript each, and what it contradicts. */
const CHANGES: Readonly<Record<string, { change: (events: LiveEvent[]) => void; finds: RegExp }>> = {
  'a missing event': { change: (events) => events.splice(20, 1), finds: /its number should be 21/ },
  'two events in the other order': {
    change: (events) => events.splice(20, 2, ...events.slice(20, 22).toReversed()),
    finds: /its number should be/,
  },
  'a packet before the one before it': {
    change: (events) => {
      packet(events, publish).at -= 10_000;
    },
    finds: /its time is .* before/,
  },
  'an event of this machine before the one before it': {
    change: (events) => {
      first(events, 'counters').at -= 500;
    },
    finds: /its time is 0\.\d+ s before/,
  },
  'a proof before the packets that it follows from': {
    change: (events) => {
      first(events, 'proved').at -= 500;
    },
    finds: /its time is 0\.\d+ s before/,
  },
  'another length': {
    change: (events) => {
      packet(events, publish).packet.bytes += 1;
    },
    finds: /bytes in hexadecimal, but its length is/,
  },
  'another QoS': {
    change: (events) => {
      packet(events, publish).packet.qos = 1;
    },
    finds: /qos is not what its bytes say/,
  },
  'another payload': {
    change: (events) => {
      packet(events, publish).packet.payload = 'other';
    },
    finds: /payload is not what its bytes say/,
  },
  'another packet id': {
    change: (events) => {
      packet(events, publish).packet.packetId = 999;
    },
    finds: /packetId is not what its bytes say/,
  },
  'another granted QoS': {
    change: (events) => {
      packet(events, ({ packet: { type } }) => type === 'SUBACK').packet.codes = [2];
    },
    finds: /codes is not what its bytes say/,
  },
  'another keep alive': {
    change: (events) => {
      const { connect } = packet(events, ({ packet: { connect: one } }) => one?.keepAlive === 5).packet;
      if (connect !== undefined) connect.keepAlive = 25;
    },
    finds: /connect is not what its bytes say/,
  },
  'bytes of another packet': {
    change: (events) => {
      packet(events, ({ packet: { type } }) => type === 'PINGREQ').packet.hex = 'd0 00';
    },
    finds: /its first byte is not that of PINGREQ/,
  },
  'hidden bytes that are no password': {
    change: (events) => {
      packet(events, publish).packet.hex = packet(events, publish).packet.hex.replace(/..$/, '**');
    },
    finds: /bytes are hidden/,
  },
  'an acknowledgement of nothing': {
    change: (events) =>
      swap(events, ({ packet: { type } }) => type === 'PUBREC', { hex: '50 02 03 e7', packetId: 999 }),
    finds: /PUBREC 999 answers no open delivery/,
  },
  'a SUBACK of nothing': {
    change: (events) =>
      swap(events, ({ packet: { type } }) => type === 'SUBACK', { hex: '90 03 00 09 00', packetId: 9 }),
    finds: /SUBACK 9 answers nothing/,
  },
  'a message that nobody subscribed to': {
    change: (events) =>
      swap(events, ({ packet: { direction, type } }) => direction === 'received' && type === 'PUBLISH', {
        ...{ hex: '30 09 00 04 6e 6f 70 65 6f 6e 65', topic: 'nope', bytes: 11 },
      }),
    finds: /which no subscription covers/,
  },
  'a packet before the connection is open': {
    change: (events) => {
      const index = events.findIndex((event) => event.is === 'tcp' && event.what === 'open');
      events.splice(index, 1, { is: 'rate', perSecond: 1, seq: index + 1, at: events[index]?.at ?? 0 });
    },
    finds: /CONNECT was sent outside a connection/,
  },
  'a packet after the end': {
    change: (events) => {
      const index = events.findIndex((event) => event.is === 'tcp' && event.what === 'FIN');
      const ping = packet(events, ({ packet: { type } }) => type === 'PINGREQ');
      events.splice(index + 1, 0, { ...structuredClone(ping), side: 'publisher', at: events[index]?.at ?? 0 });
      renumber(events);
    },
    finds: /PINGREQ was sent outside a connection/,
  },
  'another latency': {
    change: (events) => {
      first(events, 'latency').ms += 1;
    },
    finds: /its latency is .* ms, but the packets are/,
  },
  'more packets counted': {
    change: (events) => {
      first(events, 'counters').packets += 1;
    },
    finds: /packets are counted, but/,
  },
  'fewer bytes counted': {
    change: (events) => {
      first(events, 'counters').mqttBytes -= 1;
    },
    finds: /bytes are counted, but/,
  },
  'a proof of other events': {
    change: (events) => {
      first(events, 'proved').seqs = [1, 2];
    },
    finds: /is marked as proved, but not by these packets/,
  },
  'a proof too many': {
    change: (events) =>
      events.push({ is: 'proved', step: '2.2d', seqs: [1], seq: events.length + 1, at: events.at(-1)?.at ?? 0 }),
    finds: /step 2\.2d is proved a second time/,
  },
  'a proof that is missing': {
    change: (events) => {
      const index = events.findIndex((event) => event.is === 'proved');
      events.splice(index, 1, { is: 'rate', perSecond: 1, seq: index + 1, at: events[index]?.at ?? 0 });
    },
    finds: /it is not marked as proved/,
  },
  'another user than in CONNECT': {
    change: (events) => {
      const { settings } = first(events, 'state');
      if (settings !== undefined) settings.user = 'bob';
    },
    finds: /the user of CONNECT is not that of the settings/,
  },
};

function swap(
  events: LiveEvent[],
  fits: (event: PacketEvent) => boolean,
  fields: Partial<PacketEvent['packet']>,
): void {
  Object.assign(packet(events, fits).packet, fields);
}

function renumber(events: LiveEvent[]): void {
  for (const [index, event] of events.entries()) event.seq = index + 1;
}

for (const [name, { change, finds }] of Object.entries(CHANGES)) {
  test(`finds ${name}`, (t) => {
    const changed: Saved = structuredClone(GOOD);
    change(changed.events);
    const { contradictions } = checkSaved(changed);
    t.true(
      contradictions.some((text) => finds.test(text)),
      contradictions.join('\n'),
    );
  });
}
