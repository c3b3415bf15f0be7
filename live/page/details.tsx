import { codeText } from '../../probes/mqtt/code-text.ts';
import { meaningOf } from '../bytes.ts';
import type { EventOf, PacketView } from '../protocol.ts';
import { endsOf, familyOf, isAnswer } from './look.ts';
import { Glyph } from './row.tsx';
import type { Row } from './rows.ts';
import { slotOf } from './rows.ts';
import { useSelection } from './selection.ts';
import { store, usePart } from './store.ts';
import { bytesText, sentenceOf, shown, timeOf } from './text.ts';

/** All about the row under the pointer, or the chosen one, or the newest packet. */
export function Details() {
  const { chosen, hovered } = useSelection();
  const seq = hovered ?? chosen;
  // a repetition would change it faster than one reads
  const newest = usePart(({ slots, perSecond }) =>
    seq === undefined && perSecond === 0 ? slots.findLast(isPacket) : undefined,
  );
  const { slots } = store.state;
  const row = seq === undefined ? newest : slots[slotOf(slots, seq) ?? -1];
  return (
    // a region that scrolls is reached with the keyboard
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="details" aria-label="Details" tabIndex={0}>
      {row === undefined ? (
        <p class="about">Point at a packet, or choose one with the arrow keys: its fields and bytes appear here.</p>
      ) : (
        <About row={row} />
      )}
    </section>
  );
}

const isPacket = ({ event }: Row) => event.is === 'packet';

function About({ row }: { readonly row: Row }) {
  const { event } = row;
  if (event.is === 'packet') return <Packet event={event} />;
  return (
    <>
      <p class="time">{timeOf(event.at).join('')}</p>
      <p>
        {sentenceOf(row)}
        {event.is === 'words' && event.statement !== undefined ? ` [${event.statement}]` : null}
      </p>
    </>
  );
}

function Packet({ event }: { readonly event: EventOf<'packet'> }) {
  const { packet, side, at } = event;
  const [from, to] = endsOf(side, packet);
  return (
    <>
      <h2>
        <Glyph family={familyOf(packet.type)} isHollow={isAnswer(packet.type)} /> {packet.type}{' '}
        <small>
          {from} to {to}, {timeOf(at).join('')}, {bytesText(packet.bytes)}
        </small>
      </h2>
      <div class="columns">
        <dl>
          {fieldsOf(packet).map(([name, value], index) => (
            <div key={index}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Bytes packet={packet} />
      </div>
    </>
  );
}

/** Bytes of a field that the table shows. */
const MOST_BYTES = 24;

function Bytes({ packet }: { readonly packet: PacketView }) {
  const words = packet.hex.trim() === '' ? [] : packet.hex.trim().split(/\s+/);
  if (words.length === 0) return <p class="about">The program does not show the bytes of this packet.</p>;
  return (
    <table class="bytes">
      <caption>Bytes on the wire{words.length < packet.bytes ? ` (the first ${words.length})` : ''}</caption>
      <thead>
        <tr>
          <th scope="col">bytes</th>
          <th scope="col">meaning</th>
          <th scope="col">value</th>
        </tr>
      </thead>
      <tbody>
        {meaningOf(packet.hex, packet.version).map(({ from, to, name, value }) => (
          <tr key={from}>
            <td>
              <code>
                {words.slice(from, Math.min(to, from + MOST_BYTES)).join(' ')}
                {to - from > MOST_BYTES ? ' …' : ''}
              </code>
            </td>
            <td>{name}</td>
            <td>{shown(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const yesNo = (value: boolean | undefined) => (value === undefined ? undefined : value ? 'yes' : 'no');

/** Fields that the packet has, as name and value. */
function fieldsOf(packet: PacketView): (readonly [string, string | number])[] {
  const { connect, code, codes, filters, type } = packet;
  const fields: (readonly [string, string | number | undefined])[] = [
    ['packet id', packet.packetId],
    ['topic', packet.topic],
    ['payload', packet.payload === '' ? '(empty)' : packet.payload],
    ['payload bytes', packet.payloadBytes],
    ['QoS', packet.qos],
    ['DUP', yesNo(packet.dup)],
    ['retain', yesNo(packet.retain)],
    ['client id', connect?.clientId],
    ['user', connect?.user],
    ['password', connect && (connect.hasPassword ? 'yes (hidden)' : 'no')],
    [packet.version === 5 ? 'clean start' : 'clean session', yesNo(connect?.clean)],
    ['keep alive', connect && `${connect.keepAlive} s`],
    ['last will', connect?.will && willText(connect.will)],
    ['session present', yesNo(packet.sessionPresent)],
    ['code', code === undefined ? undefined : codeText(type, code).replace(/^code /, '')],
    ...(codes ?? []).map((one) => ['code', codeText(type, one).replace(/^code /, '')] as const),
    ...(filters ?? []).map(
      ({ filter, qos }) => ['filter', qos === undefined ? filter : `${filter} (QoS ${qos})`] as const,
    ),
    ...(packet.properties ?? []).map((property) => ['property', property] as const),
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

type Will = NonNullable<NonNullable<PacketView['connect']>['will']>;

function willText({ topic, payload, qos, retain }: Will): string {
  return `${payload} on ${topic}, QoS ${qos}${retain ? ', retain' : ''}`;
}
