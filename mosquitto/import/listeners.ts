import type { FoundListener } from './conf.ts';
import { isOnPort, kindOf, listenerText } from './listener-kind.ts';
import { type Note, noteAt } from './note.ts';
import { tlsOf, type WrittenTls } from './tls.ts';

/** A listener as lab.yaml has it; what is left out is the default. */
export type WrittenListener = {
  readonly port: number;
  readonly bind?: 'loopback';
  readonly protocol?: 'websockets';
  readonly tls?: WrittenTls;
};

/** What decides which listeners the lab file can have. */
export type Reach = {
  /** Whether the lab only verifies the broker. */
  readonly isExternal: boolean;
  /** Whether the broker is on this machine. */
  readonly isHere: boolean;
  /** Whether this Mosquitto opens a listener for WebSockets. */
  readonly hasWebSockets: boolean;
  /** What makes a listener with TLS one that the lab can verify on an external broker. */
  howToVerify(found: FoundListener, listener: WrittenListener): string;
};

export type Listeners = {
  /** At least one that this machine reaches. */
  readonly listeners: readonly WrittenListener[];
  /** Those of the configuration that they come from. */
  readonly kept: readonly FoundListener[];
  readonly notes: readonly Note[];
};

const STANDARD_PORT = 1883;

/** The listeners in the words of lab.yaml. */
export function listenersOf(found: readonly FoundListener[], reach: Reach): Listeners {
  const notes: Note[] = [];
  const kept: FoundListener[] = [];
  for (const listener of found) {
    const why = whyNot(listener, kept, reach);
    if (why === undefined) kept.push(listener);
    else notes.push(noteAt(listener, `${listenerText(listener)}: ${why}`));
  }
  if (kept.some((listener) => reach.isHere || !kindOf(listener).isLoopback)) {
    const written = kept.map((listener) => write(listener, reach));
    return {
      listeners: written.map(({ listener }) => listener),
      kept,
      notes: [...notes, ...written.flatMap((each) => each.notes)],
    };
  }
  const [first, ...others] = kept;
  if (first === undefined) {
    return { listeners: [{ port: found.find(isOnPort)?.port ?? STANDARD_PORT }], kept, notes };
  }
  const text = `${listenerText(first)}: out of reach of this machine, so the listener of lab.yaml is on every address`;
  const { listener, notes: own } = write(first, { isExternal: true });
  const left = others.map((other) => noteAt(other, `${listenerText(other)}: out of reach of this machine`));
  return { listeners: [listener], kept: [first], notes: [...notes, noteAt(first, text), ...own, ...left] };
}

function whyNot(listener: FoundListener, kept: readonly FoundListener[], reach: Reach): string | undefined {
  const { protocol, hasTls, isLoopback } = kindOf(listener);
  if (protocol === undefined) return 'lab.yaml has only listeners on a TCP port, plain or with a certificate';
  if (kept.some(({ port }) => port === listener.port)) return 'lab.yaml has each port once';
  if (protocol === 'websockets' && !reach.hasWebSockets)
    return 'this Mosquitto has no WebSockets and opens no such listener';
  if (!reach.isExternal) return undefined;
  if (isLoopback && !reach.isHere) return 'out of reach of this machine';
  return hasTls ? reach.howToVerify(listener, write(listener, reach).listener) : undefined;
}

function write(listener: FoundListener, { isExternal }: Pick<Reach, 'isExternal'>) {
  const { port, address } = listener;
  const { protocol, isLoopback } = kindOf(listener);
  const { tls, notes } = tlsOf(listener);
  const text = `the address ${address}: a listener of lab.yaml is on every address, or on the loopback one`;
  const written: WrittenListener = {
    port,
    ...(isLoopback && !isExternal ? { bind: 'loopback' } : {}),
    ...(protocol === 'websockets' ? { protocol } : {}),
    ...(tls === undefined ? {} : { tls }),
  };
  const isOnOne = address !== undefined && !isLoopback && !isExternal;
  return { listener: written, notes: [...(isOnOne ? [noteAt(listener, text)] : []), ...notes] };
}
