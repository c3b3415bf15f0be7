import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Command } from '../protocol.ts';
import { START, type State, withAsked } from './state.ts';

/** Holds the state, and calls what draws it. */
export class Store {
  state: State = START;
  /** Sends a command; a refusal becomes a trouble of the state. */
  send: (command: Command) => void = () => undefined;
  private readonly listeners = new Set<() => void>();

  update(change: (state: State) => State): void {
    this.state = change(this.state);
    for (const listener of this.listeners) listener();
  }

  /** Sends a command, and remembers that its outcome is to come; until then the same one is not sent again. */
  ask(command: Command): void {
    const before = this.state;
    this.update((state) => withAsked(state, command));
    if (this.state !== before) this.send(command);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** The one store of this page. */
export const store = new Store();

/** A part of the state; draws again only when that part changes. */
export function usePart<T>(partOf: (state: State) => T): T {
  return useFollowed(partOf, (listener) => store.subscribe(listener));
}

/** A part of the state that changes faster than one reads: draws again some four times a second. */
export function useSlowPart<T>(partOf: (state: State) => T): T {
  return useFollowed(partOf, (listener) => {
    const slow = spaced(listener, SLOW_MS);
    const stop = store.subscribe(slow.call);
    return () => {
      stop();
      slow.stop();
    };
  });
}

/** Milliseconds. */
const SLOW_MS = 250;

function useFollowed<T>(partOf: (state: State) => T, follow: (listener: () => void) => () => void): T {
  const [, draw] = useState<T>();
  const part = partOf(store.state);
  const newest = useRef(partOf);
  newest.current = partOf;
  useLayoutEffect(() => follow(() => draw(() => newest.current(store.state))), []);
  return part;
}

/** Calls the listener at once, and then at most once in `ms`; what comes in between is called for at its end. */
export function spaced(listener: () => void, ms: number): { readonly call: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  const call = () => {
    isDue = timer !== undefined;
    if (isDue) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (isDue) call();
    }, ms);
    listener();
  };
  return { call, stop: () => clearTimeout(timer) };
}
