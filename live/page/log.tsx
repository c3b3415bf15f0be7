import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveEvent } from '../protocol.ts';
import { spoken } from './spoken.ts';
import { store } from './store.ts';

/** Milliseconds between two additions to the log, so that a screen reader keeps up. */
const PAUSE_MS = 2_500;
const MOST_LINES = 30;

type Line = { readonly key: number; readonly text: string };

/** What happens, as text for screen readers. */
export function Log() {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const waiting = useRef<LiveEvent[]>([]);
  useEffect(() => {
    let last = store.state.fresh;
    const stop = store.subscribe(() => {
      if (store.state.fresh === last) return;
      last = store.state.fresh;
      waiting.current.push(...last);
    });
    const timer = setInterval(() => {
      const events = waiting.current;
      waiting.current = [];
      const key = events[0]?.seq ?? 0;
      const added = spoken(events).map((text, index) => ({ key: key + index, text }));
      if (added.length > 0) setLines((before) => [...before, ...added].slice(-MOST_LINES));
    }, PAUSE_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
  return (
    <div class="hidden" role="log" aria-live="polite" aria-label="What happens">
      {lines.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  );
}
