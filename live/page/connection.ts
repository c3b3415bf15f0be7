import type { Command, LiveEvent, Setup } from '../protocol.ts';
import { afterEvents, type State, withTrouble } from './state.ts';
import type { Store } from './store.ts';
import { shown } from './text.ts';

/** Lets the store follow the server's events, a frame at a time, and sends its commands. */
export function follow(store: Store): void {
  store.update((state) => ({ ...state, loadedAt: performance.timeOrigin }));
  const source = new EventSource('events');
  let waiting: LiveEvent[] = [];
  const flush = () => {
    const events = waiting;
    waiting = [];
    store.update((state) => afterEvents(state, events));
  };
  const setLink = (link: State['link']) => store.update((state) => ({ ...state, link }));
  source.addEventListener('open', () => setLink('open'));
  source.addEventListener('error', () => {
    // the browser tries again by itself, but not after an answer that is no stream of events
    setLink(source.readyState === EventSource.CLOSED ? 'closed' : 'lost');
  });
  source.addEventListener('setup', ({ data }) => {
    const setup: Setup = JSON.parse(data);
    store.update((state) => ({ ...state, setup: state.setup ?? setup }));
  });
  source.addEventListener('message', ({ data }) => {
    waiting.push(JSON.parse(data, (_key, value) => (typeof value === 'string' ? shown(value) : value)));
    if (waiting.length === 1) soon(flush);
  });
  store.send = (command) => {
    post(command).catch((error: Error) => store.update((state) => withTrouble(state, error.message)));
  };
}

/** In the next frame, and at the latest after half a second: a hidden tab has no frames, and would collect events for hours. */
function soon(work: () => void): void {
  const once = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    work();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, 500);
}

async function post(command: Command): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('command', { method: 'POST', headers, body: JSON.stringify(command) }).catch(() => {
    throw new Error(
      `The server of the live view did not answer, so “${command.do}” was not done. Does the live view still run in its terminal?`,
    );
  });
  // the events say what went wrong with a command that was carried out
  if (!answer.ok && answer.status !== 422)
    throw new Error((await answer.text()) || `The server refused “${command.do}” (HTTP ${answer.status}).`);
}
