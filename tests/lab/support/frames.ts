/** A frame with TCP in it, as tshark decodes it. */
export type Frame = {
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** Bytes of IP, headers included, and of them those of the TCP stream. */
  readonly ipBytes: number;
  readonly streamBytes: number;
  /** Payloads of its PUBLISH packets. */
  readonly payloads: readonly string[];
  /** Whether it ends the connection, by FIN or by RST. */
  readonly isEnd: boolean;
};

/** Fields that `framesOf` reads, in this order. */
export const FIELDS = [
  ...[
    'frame.time_epoch',
    'ip.src',
    'ip.dst',
    'tcp.srcport',
    'tcp.dstport',
    'ip.len',
    'tcp.len',
    'tcp.flags',
    'mqtt.msg',
  ],
] as const;

/** Bits of the TCP header (RFC 9293, 3.1). */
const FIN = 1;
const RST = 4;

export function framesOf(lines: string): readonly Frame[] {
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [at, from = '', to = '', fromPort, toPort, ipBytes, streamBytes, flags, payloads = ''] = line.split('|');
      return {
        at: Number(at) * 1e3,
        from,
        to,
        fromPort: Number(fromPort),
        toPort: Number(toPort),
        ipBytes: Number(ipBytes),
        streamBytes: Number(streamBytes),
        payloads: payloads === '' ? [] : payloads.split(',').map((hex) => Buffer.from(hex, 'hex').toString()),
        isEnd: (Number(flags) & (FIN | RST)) !== 0,
      };
    });
}
