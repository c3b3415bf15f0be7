import type { EventOf, PacketView } from '../protocol.ts';
import { endsOf } from './look.ts';
import type { Row } from './rows.ts';

const pad = (value: number, length = 2) => String(value).padStart(length, '0');

const UNSEEN = /[^\P{Cc}\n\t]|[\p{Cs}\p{Bidi_Control}]/gu;

/** Text from the wire with control characters and bidirectional controls made visible. */
export function shown(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** Local time in two parts, `14:03:` and `21.123`; a narrow screen shows only the second. */
export function timeOf(at: number): readonly [string, string] {
  const date = new Date(at);
  return [
    `${pad(date.getHours())}:${pad(date.getMinutes())}:`,
    `${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`,
  ];
}

const listed = (parts: readonly (string | false | undefined)[]) => parts.filter((part) => part).join(' ');

/** What the diagram says of a packet behind its name: `#3 QoS 1 DUP retain`. */
export function flagsOf({ type, packetId, qos, dup, retain, filters, connect }: PacketView): string {
  const asked = type === 'SUBSCRIBE' ? filters?.map((filter) => filter.qos).join(', ') : undefined;
  return listed([
    packetId !== undefined && `#${packetId}`,
    type === 'PUBLISH' && qos !== undefined && `QoS ${qos}`,
    asked !== undefined && `QoS ${asked}`,
    dup === true && 'DUP',
    retain === true && 'retain',
    connect !== undefined && `keep alive ${connect.keepAlive} s`,
  ]);
}

// made once: a page draws thousands of figures
const GROUPED = new Intl.NumberFormat('en-GB');

export function bytesText(bytes: number): string {
  return `${GROUPED.format(bytes).replaceAll(',', '\u202f')} B`;
}

/** Milliseconds with as many digits as one reads. */
export function msText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** `12 ms ± 1.5`, the error rounded up; no error where the clients have one clock. */
export function latencyText({ ms, errorMs }: Pick<EventOf<'latency'>, 'ms' | 'errorMs'>): string {
  return errorMs > 0 ? `${msText(ms)} ± ${(Math.ceil(errorMs * 10) / 10).toFixed(1)}` : msText(ms);
}

const TCP: Readonly<Record<EventOf<'tcp'>['what'], string>> = {
  SYN: 'SYN',
  open: 'connection open',
  FIN: 'FIN',
  RST: 'RST',
  killed: 'SIGKILL: program closed',
  silent: 'cable pulled',
  through: 'cable plugged in',
  retransmission: 'retransmission',
};

export function tcpText({ what, bytes }: EventOf<'tcp'>): string {
  return bytes === undefined ? TCP[what] : `${TCP[what]}, ${bytesText(bytes)}`;
}

const BROKER: Readonly<Record<EventOf<'broker'>['what'], string>> = {
  restarting: 'The broker restarts',
  running: 'The broker runs again',
  failed: 'The restart of the broker failed',
};

/** A row as a sentence, for those who hear it. */
export function sentenceOf({ event }: Pick<Row, 'event'>): string {
  switch (event.is) {
    case 'packet': {
      const [from, to] = endsOf(event.side, event.packet);
      return `${event.packet.type} from ${from} to ${to}, ${listed([flagsOf(event.packet), bytesText(event.packet.bytes)])}`;
    }
    case 'tcp':
      return `TCP, ${event.side}: ${tcpText(event)}${event.by === undefined ? '' : ` by the ${event.by}`}`;
    case 'words':
      return `${event.isContradiction ? 'Contradiction: ' : ''}${event.text}`;
    case 'broker':
      return BROKER[event.what];
  }
}
