import type { EventOf, LiveEvent, PacketView, Side } from '../protocol.ts';

/** An event in a line of a transcript: who, what, and the bytes where it is a packet. */
export type EventLine = { readonly who: string; readonly what: string; readonly packet?: PacketView };

/** Undefined for events that the transcript shows elsewhere: counters and latency. */
export function eventLine(event: LiveEvent): EventLine | undefined {
  switch (event.is) {
    case 'packet':
      return { who: directionText(event.side, event.packet), what: packetText(event.packet), packet: event.packet };
    case 'tcp':
      return { who: event.side, what: tcpText(event) };
    case 'state':
      return { who: event.side, what: `${event.state}${event.why === undefined ? '' : `: ${event.why}`}` };
    case 'words':
      return { who: '', what: wordsText(event) };
    case 'proved':
      return { who: 'student', what: `step ${event.step} proved by ${event.seqs.map((seq) => `#${seq}`).join(', ')}` };
    case 'predicted':
      return { who: 'student', what: `step ${event.step}: predicted choice ${event.choice + 1}` };
    case 'answered':
      return { who: 'student', what: `step ${event.step}: answered` };
    case 'rate':
      return { who: 'publisher', what: `publishes ${event.perSecond} messages a second` };
    case 'broker':
      return { who: 'broker', what: event.what };
    case 'trouble':
      return { who: '', what: `trouble: ${event.text}` };
    default:
      return undefined;
  }
}

/** What happened, with the standard's statement. */
export function wordsText({ text, statement, isContradiction }: EventOf<'words'>): string {
  return `${isContradiction ? 'Contradiction: ' : ''}${text}${statement === undefined ? '' : ` [${statement}]`}`;
}

function directionText(side: Side, { direction }: PacketView): string {
  return direction === 'sent' ? `${side} → broker` : `broker → ${side}`;
}

/** Such as `PUBLISH id 5, QoS 1, DUP, topic status, payload on`. */
export function packetText(packet: PacketView): string {
  const { type, packetId, qos, dup, retain, topic, payload, code, codes, filters = [], sessionPresent } = packet;
  const parts = [
    ...(packetId === undefined ? [] : [`id ${packetId}`]),
    ...(qos === undefined ? [] : [`QoS ${qos}`]),
    ...(dup === true ? ['DUP'] : []),
    ...(retain === true ? ['retain'] : []),
    ...(topic === undefined ? [] : [`topic ${topic}`]),
    ...(payload === undefined ? [] : [`payload ${payload}`]),
    ...filters.map(({ filter, qos }) => `filter ${filter}${qos === undefined ? '' : ` at QoS ${qos}`}`),
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(codes === undefined ? [] : [`codes ${codes.join(', ')}`]),
    ...(sessionPresent === undefined ? [] : [`session present ${sessionPresent ? 1 : 0}`]),
    ...connectParts(packet),
    ...(packet.properties ?? []),
  ];
  return [type, parts.join(', ')].filter((part) => part !== '').join(' ');
}

function connectParts({ connect, version }: PacketView): string[] {
  if (connect === undefined) return [];
  const { clientId, clean, keepAlive, user, will } = connect;
  return [
    `MQTT ${version === 5 ? '5' : '3.1.1'}`,
    `client id ${clientId === '' ? '(empty)' : clientId}`,
    clean ? 'clean session' : 'kept session',
    `keep alive ${keepAlive} s`,
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(will === undefined
      ? []
      : [`last will ${will.payload} on ${will.topic} at QoS ${will.qos}${will.retain ? ', retain' : ''}`]),
  ];
}

function tcpText({ what, by, bytes }: EventOf<'tcp'>): string {
  const texts = {
    SYN: 'TCP: SYN',
    open: 'TCP: open',
    FIN: 'TCP: FIN',
    RST: 'TCP: RST',
    killed: 'program killed (SIGKILL)',
    silent: 'cable pulled: nothing gets through',
    through: 'cable plugged in',
    retransmission: 'TCP: retransmission',
  };
  const from = by === undefined ? '' : ` by the ${by}`;
  return `${texts[what]}${from}${bytes === undefined ? '' : `, ${bytes} bytes`}`;
}
