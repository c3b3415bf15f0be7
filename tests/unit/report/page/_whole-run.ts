import type { CheckRecord } from '../../../../records/record.ts';
import { keepAliveRecords } from './_keep-alive.ts';
import { LEVELS, latencyOf, packetsOf, recordOf, sizeOf } from './_results.ts';
import { willRecords } from './_wills.ts';

const WIDENED = 'publishing and leaving a last will need the same write permission (mosquitto.conf(5), acl_file)';

/** Records for every question, from a lab that passes. */
export function wholeRun(): CheckRecord[] {
  const own = [...logins(), ...rights(), ...files(), ...clients(), ...matrix(), ...measurements()];
  return [...own, ...keepAliveRecords(), ...willRecords()];
}

function logins(): CheckRecord[] {
  const refused = {
    expected: { accepted: false, code: 5, answer: '20 02 00 05' },
    observed: { accepted: false, answer: '20 02 00 05', closedBy: 'broker' },
  };
  return [
    recordOf('auth.accepted.v311.sam.pi', { expected: { accepted: true }, observed: { accepted: true } }),
    recordOf('auth.wrong-password.v311.sam.pi', refused),
    recordOf('auth.anonymous.v311.pi', refused),
  ];
}

function rights(): CheckRecord[] {
  const may = (wanted: boolean, done = wanted) => ({
    expected: { tookEffect: wanted },
    observed: { tookEffect: done },
  });
  return [
    recordOf('acl.publish.status.sam.q0.v311', may(true)),
    recordOf('acl.publish.status.alice.q0.v311', { ...may(false, true), verdict: 'deviation', reason: WIDENED }),
    recordOf('acl.subscribe.status.alice.exact.v311', may(true)),
    recordOf('acl.subscribe.status.sam.exact.v311', may(false)),
    recordOf('acl.will.status.alice.v311', may(true)),
    recordOf('acl.will.status.sam.v311', may(true)),
  ];
}

function files(): CheckRecord[] {
  const passwd = { kind: 'file', path: '/etc/mosquitto/lab.passwd', lines: ['sam:$7$101$abcd…'] };
  const acl = { kind: 'file', path: '/etc/mosquitto/lab.acl', lines: ['user sam', 'topic write status'] };
  return [recordOf('install.users', { evidence: [passwd] }), recordOf('install.rights', { evidence: [acl] })];
}

function clients(): CheckRecord[] {
  return [
    recordOf('install.message.pi', { host: 'pi', evidence: ['Client (null) sending CONNECT'] }),
    ...LEVELS.flatMap((qos) => [
      recordOf(`qos.host-to-pi.q${qos}.pi`, { host: 'pi' }),
      recordOf(`qos.pi-to-host.q${qos}.pi`, { host: 'pi' }),
    ]),
    recordOf('qos.paho.q2.pi', { host: 'pi', observed: { paho: '1.6.1', copies: 1, qos: 2 } }),
  ];
}

function matrix(): CheckRecord[] {
  return LEVELS.flatMap((published) =>
    LEVELS.map((requested) => {
      const delivered = published < requested ? published : requested;
      const packets = packetsOf(published, delivered);
      const own = (who: string) =>
        packets.flatMap((packet) =>
          packet.who === who ? [`${packet.direction === 'sent' ? '→' : '←'} ${packet.type} ${packet.bytes}`] : [],
        );
      return recordOf(`qos.matrix.p${published}s${requested}.v311`, {
        observed: {
          ...{ granted: requested, delivered, copies: 1, publisher: own('sam'), subscriber: own('alice') },
          packets: { publisher: 1, subscriber: 1 },
          bytes: { publisher: 44, subscriber: 44 },
        },
        evidence: packets,
      });
    }),
  );
}

function measurements(): CheckRecord[] {
  const command = 'mosquitto_sub -d -t status';
  return LEVELS.flatMap((qos) => {
    const packets = packetsOf(qos, qos);
    const lines = packets
      .filter(({ who }) => who === 'alice')
      .map(({ direction, type }) => `Client lab-1 ${direction === 'sent' ? 'sending' : 'received'} ${type} (m7)`);
    const sequence = {
      ...{ qos, topic: 'status', payloadBytes: 32, publisher: 'sam', subscriber: 'alice', clock: { kind: 'same' } },
      debug: { host: 'pi', command, lines },
    };
    const p50Us = [300, 310, 560][qos] ?? 0;
    return [
      recordOf(`qos.sequence.q${qos}.pi`, { observed: sequence, evidence: packets }),
      ...[1, 100, 10_000].map((bytes) => recordOf(`qos.size.q${qos}.${bytes}.pi`, { observed: sizeOf(qos, bytes) })),
      recordOf(`qos.latency.q${qos}.nodelay.pi`, { observed: latencyOf(qos, true, p50Us) }),
      recordOf(`qos.latency.q${qos}.nagle.pi`, { observed: latencyOf(qos, false, p50Us, 4) }),
    ];
  });
}
