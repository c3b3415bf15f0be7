import type { EventOf, LiveEvent, PacketView, Side } from '../../protocol.ts';
import type { Connection } from '../../state/connection.ts';
import type { OpenRule } from './rule.ts';

type Direction = 'sent' | 'received';
/** What may still pass on a side's TCP connection. */
type Line = {
  open: Set<Direction>;
  lastFinAt?: number;
  hasConnect: boolean;
  hasConnack: boolean;
  isDisconnected: boolean;
};

/** Packets come inside a connection, in the order of the standard, and as its settings say. */
export const connectionRule: OpenRule = () => {
  const lines = new Map<Side, Line>();
  const states = new Map<Side, EventOf<'state'>>();
  return (event, { connection }) => {
    if (event.is === 'state' && event.state === 'connecting') states.set(event.side, event);
    if (event.is === 'state' && event.state === 'connected' && lines.get(event.side)?.hasConnack !== true)
      return ['connected without a CONNACK'];
    if (event.is === 'tcp') return takeTcp(lines, event);
    if (event.is !== 'packet') return [];
    const line = lines.get(event.side);
    if (line === undefined || !mayPass(line, event))
      return [`${event.packet.type} was ${event.packet.direction} outside a connection`];
    return [...takePacket(line, event), ...settingsOf(event, states.get(event.side)), ...versionOf(event, connection)];
  };
};

/** WebSockets may hand over the broker's last packet after its FIN. */
const LAST_PACKET_MS = 20;

function mayPass({ open, lastFinAt }: Line, { packet: { direction }, at }: EventOf<'packet'>): boolean {
  if (open.has(direction)) return true;
  return direction === 'received' && lastFinAt !== undefined && at - lastFinAt <= LAST_PACKET_MS;
}

function takeTcp(lines: Map<Side, Line>, { side, what, by, at }: EventOf<'tcp'>): string[] {
  const line = lines.get(side);
  if (what === 'open')
    lines.set(side, {
      open: new Set(['sent', 'received']),
      hasConnect: false,
      hasConnack: false,
      isDisconnected: false,
    });
  if (what === 'RST') line?.open.clear();
  if (what === 'FIN' && by === 'broker' && line !== undefined) line.lastFinAt = at;
  if (what === 'FIN') line?.open.delete(by === 'broker' ? 'received' : 'sent');
  return [];
}

function takePacket(line: Line, { packet }: EventOf<'packet'>): string[] {
  const { type, direction } = packet;
  const found: string[] = [];
  if (!fits(packet)) found.push(`a client has not ${direction} ${type}`);
  if (direction === 'sent') {
    if (!line.hasConnect && type !== 'CONNECT') found.push(`${type} was sent before CONNECT`);
    if (line.hasConnect && type === 'CONNECT') found.push('CONNECT was sent twice on one connection');
    if (line.isDisconnected) found.push(`${type} was sent after DISCONNECT`);
    line.hasConnect ||= type === 'CONNECT';
    line.isDisconnected ||= type === 'DISCONNECT';
    return found;
  }
  if (!line.hasConnack && type !== 'CONNACK' && type !== 'AUTH') found.push(`${type} was received before CONNACK`);
  if (line.hasConnack && type === 'CONNACK') found.push('CONNACK was received twice on one connection');
  if (type === 'CONNACK' && !line.hasConnect) found.push('CONNACK was received before CONNECT was sent');
  line.hasConnack ||= type === 'CONNACK';
  return found;
}

const ONLY_SENT = new Set(['CONNECT', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PINGREQ']);
const ONLY_RECEIVED = new Set(['CONNACK', 'SUBACK', 'UNSUBACK', 'PINGRESP']);

function fits({ type, direction, version }: PacketView): boolean {
  // a broker sends DISCONNECT only over MQTT 5
  if (version === 4 && type === 'DISCONNECT') return direction === 'sent';
  return direction === 'sent' ? !ONLY_RECEIVED.has(type) : !ONLY_SENT.has(type);
}

/** What the state says of the client, and what its CONNECT says. */
function settingsOf(
  { packet: { connect, version } }: EventOf<'packet'>,
  state: EventOf<'state'> | undefined,
): string[] {
  const { settings, clientId } = state ?? {};
  if (connect === undefined || settings === undefined) return [];
  const differs = [
    ...(clientId !== undefined && clientId !== connect.clientId ? ['client id'] : []),
    ...(connect.user !== undefined && connect.user !== settings.user ? ['user'] : []),
    ...(connect.keepAlive !== settings.keepAlive ? ['keep alive'] : []),
    ...(version !== settings.version ? ['version'] : []),
    ...(connect.clean !== settings.clean ? ['clean session'] : []),
    ...(isSameWill(connect.will, settings.will) ? [] : ['last will']),
  ];
  return differs.map((what) => `the ${what} of CONNECT is not that of the settings`);
}

type Will = NonNullable<PacketView['connect']>['will'];

function isSameWill(sent: Will, wanted: Will): boolean {
  if (sent === undefined || wanted === undefined) return sent === wanted;
  const isSame = sent.topic === wanted.topic && sent.qos === wanted.qos && sent.retain === wanted.retain;
  // a long one is shown cut
  return isSame && (sent.payload.endsWith('…') || sent.payload === wanted.payload);
}

function versionOf({ packet }: LiveEvent & { is: 'packet' }, connection: Connection | undefined): string[] {
  if (connection === undefined || packet.version === connection.version) return [];
  return [`its version is ${packet.version}, but the connection's is ${connection.version}`];
}
