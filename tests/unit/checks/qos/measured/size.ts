import test from 'ava';
import { expectedTypes, judgeSize } from '../../../../../checks/qos/measured/size.ts';
import type { Size } from '../../../../../records/measured/size.ts';

const options = { qos: 2, topic: 'status', payloadBytes: 100, messages: 5 } as const;

function judged(change: (size: Size) => void): ReturnType<typeof judgeSize> {
  const hop = (role: 'publisher' | 'subscriber') => {
    const types = expectedTypes(role, options);
    return {
      host: 'pi',
      types,
      mqttBytes: 620,
      ip: { bytes: 2_180, streamBytes: 620, segmentsSent: 20, segmentsReceived: 10 },
    };
  };
  const size = { ...options, hops: { publisher: hop('publisher'), subscriber: hop('subscriber') } };
  change(size);
  return judgeSize(size);
}

test('computes the packets and bytes of five messages at QoS 2', (t) => {
  const acknowledgement = { packets: 5, bytes: 20 };
  t.deepEqual(expectedTypes('publisher', options), {
    PUBLISH: { packets: 5, bytes: 560 },
    PUBREC: acknowledgement,
    PUBREL: acknowledgement,
    PUBCOMP: acknowledgement,
  });
  t.is(judged(() => undefined).verdict, 'pass');
});

test('fails with another packet, another byte or another stream than computed', (t) => {
  const wrong: Record<string, (size: Size) => void> = {
    'a PUBACK too many': ({ hops }) => {
      hops.subscriber.types.PUBACK = { packets: 1, bytes: 4 };
    },
    'a byte too many': ({ hops }) => {
      hops.publisher.types.PUBLISH = { packets: 5, bytes: 561 };
    },
    'a PUBCOMP missing': ({ hops }) => {
      hops.publisher.types.PUBCOMP = { packets: 4, bytes: 16 };
    },
    'another stream': ({ hops }) => {
      if (hops.subscriber.ip !== undefined) hops.subscriber.ip.streamBytes += 1;
    },
  };
  for (const [what, change] of Object.entries(wrong)) t.is(judged(change).verdict, 'fail', what);
});

test('judges the packets where the kernel has no counters', (t) => {
  t.is(judged(({ hops }) => delete hops.publisher.ip).verdict, 'pass');
});
