import type { FoundListener } from './conf.ts';
import type { Option } from './conf-lines.ts';
import { type Note, noteAt } from './note.ts';
import { typedValue, whyNot } from './settings.ts';

/** The listeners in the words of lab.yaml, and the options that all of them share. */
export type Listeners = {
  readonly port: number;
  readonly options: ReadonlyMap<string, string | number | boolean>;
  readonly notes: readonly Note[];
};

const STANDARD_PORT = 1883;
const LOOPBACK = /^(127\.|::1$|localhost$)/;
const TLS = ['cafile', 'capath', 'certfile', 'keyfile', 'psk_hint'];
/** What makes a listener another kind, which its own line says. */
const KIND = [...TLS, 'bind_interface', 'port', 'bind_address', 'crlfile', 'require_certificate', 'protocol'];

/** lab.yaml has one plain listener on every address: the first such one, else the first plain one. */
export function listenersOf(found: readonly FoundListener[]): Listeners {
  const plain = found.filter((listener) => kindOf(listener) === 'mqtt');
  const chosen = plain.find((listener) => !isLoopback(listener)) ?? plain[0];
  const others = found.filter((listener) => listener !== chosen);
  const notes: Note[] = others.map((listener) =>
    noteAt(listener, `${describe(listener)}: lab.yaml has one plain listener`),
  );
  if (chosen !== undefined && isLoopback(chosen)) {
    notes.push(noteAt(chosen, `${describe(chosen)}: the listener of lab.yaml is on every address`));
  } else if (chosen?.address !== undefined) {
    notes.push(noteAt(chosen, `the address ${chosen.address}: the listener of lab.yaml is on every address`));
  }
  const options = new Map<string, string | number | boolean>();
  for (const option of chosen?.options.values() ?? []) {
    const why = isKind(option) ? '' : whyNot(option);
    if (why === undefined) options.set(option.name, typedValue(option.value));
    else if (why !== '') notes.push(noteAt(option, `${option.name}: ${why}`));
  }
  return { port: chosen?.port ?? found.find(isOnPort)?.port ?? STANDARD_PORT, options, notes };
}

function isKind({ name, value }: Option): boolean {
  return KIND.includes(name) || (name === 'socket_domain' && value !== 'unix');
}

/** `mqtt`: plain MQTT over TCP. */
function kindOf({ port, address, options }: FoundListener): 'mqtt' | 'tls' | 'websockets' | 'other' {
  const protocol = options.get('protocol')?.value ?? 'mqtt';
  if (!isOnPort({ port, address })) return 'other';
  if (protocol === 'websockets') return 'websockets';
  if (protocol !== 'mqtt') return 'other';
  return TLS.some((name) => options.has(name)) ? 'tls' : 'mqtt';
}

/** Not on a socket in the file system. */
function isOnPort({ port, address }: Pick<FoundListener, 'port' | 'address'>): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536 && address?.startsWith('/') !== true;
}

function isLoopback({ address, options }: FoundListener): boolean {
  return LOOPBACK.test(address ?? '') || options.get('bind_interface')?.value === 'lo';
}

function describe(listener: FoundListener): string {
  const tls = TLS.some((name) => listener.options.has(name)) ? ' with TLS' : '';
  const kind = kindOf(listener) === 'websockets' ? ' for WebSockets' : '';
  return `the listener on port ${listener.port}${kind}${tls}${isLoopback(listener) ? ' on the loopback address' : ''}`;
}
