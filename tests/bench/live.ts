import type { Page } from 'playwright-core';
import * as z from 'zod';
import type { LiveEvent, Settings } from '../../live/protocol.ts';
import { openBrowser } from '../lab/support/browser.ts';
import { startLab } from '../lab/support/command.ts';
import { type LiveView, openLiveView } from '../lab/support/live-view.ts';
import { until } from '../lab/support/until.ts';
import type { Bench } from './bench.ts';
import { runLab } from './lab-command.ts';
import { containerLab } from './lab-text.ts';
import { type Of, type Part, partOf } from './part.ts';
import { median, type Row } from './table.ts';

export type Live = {
  /** Seconds from the start of `./lab live` to its address, and to the page with its controls. */
  readonly address: number;
  readonly page: number;
  /** Milliseconds from a packet's time on the wire to the frame after its row: the median and the 99th percentile. */
  readonly drawn: { readonly median: number; readonly late: number };
  /** Milliseconds between frames at 200 packets a second, 99th percentile. */
  readonly frame: number;
};

const CALM = 10;
/** Each is four packets: PUBLISH and PUBACK on two hops. */
const BUSY = 50;
const MEASURED_MS = 5_000;
const BOUND_MS = 60_000;

/** `./lab live` on a lab that is up, with its page in a real browser. */
export function live(): Part {
  return partOf('live', measure, rowsOf);
}

async function measure(bench: Bench): Promise<Live> {
  const name = bench.name('live');
  const file = await bench.labFile(name, containerLab(name, []));
  await runLab(file, ['up', '--no-verify'], bench.signal);
  const browser = await openBrowser();
  if (browser === undefined) throw new Error('the page needs chromium or google-chrome');
  try {
    // the start of a browser is not the lab's
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const begun = performance.now();
    const start: Parameters<typeof openLiveView>[0]['start'] = (args, options = {}) =>
      startLab(['--lab', file, ...args], { cwd: bench.directory, ...options });
    await using view = await openLiveView({ start });
    const address = (performance.now() - begun) / 1000;
    await page.goto(view.address);
    await page.locator('details.side.publisher').waitFor();
    const shown = (performance.now() - begun) / 1000;
    await connect(view);
    await page.evaluate(WATCH);
    await repeat(view, CALM);
    const drawn = delays(view.events, await seen(page));
    await page.evaluate('watched.frames.length = 0');
    await repeat(view, BUSY);
    const { frames } = await seen(page);
    return { address, page: shown, drawn: { median: median(drawn), late: late(drawn) }, frame: late(frames) };
  } finally {
    await browser.close();
  }
}

async function connect(view: LiveView): Promise<void> {
  const [publisher = '', subscriber = ''] = view.setup.users;
  const listener = view.setup.listeners[0]?.port ?? 0;
  const common = { place: '', program: 'mqtt.js', version: 4, clean: true, keepAlive: 60, listener } as const;
  const settings: Settings = { ...common, user: subscriber, subscription: { filter: 'status', qos: 1 } };
  await view.send({ do: 'connect', side: 'subscriber', settings });
  await view.packet('subscriber', { type: 'SUBACK' });
  await view.send({ do: 'connect', side: 'publisher', settings: { ...common, user: publisher } });
  await view.packet('publisher', { type: 'CONNACK' });
}

async function repeat(view: LiveView, perSecond: number): Promise<void> {
  const before = view.events.length;
  await view.send({ do: 'publish', topic: 'status', payload: 'measured', qos: 1, retain: false, perSecond });
  const wanted = (perSecond * MEASURED_MS) / 1000;
  const arrived = () => view.events.slice(before).filter(({ is }) => is === 'latency').length;
  await until('the messages', BOUND_MS, () => (arrived() >= wanted ? true : undefined));
  await view.send({ do: 'stop' });
}

/** Notes when the frame after a new row has begun, in milliseconds since 1970, and how far frames are apart. */
const WATCH = `
  const watched = { rows: [], frames: [] };
  window.watched = watched;
  const now = () => performance.timeOrigin + performance.now();
  new MutationObserver((changes) => {
    const seqs = changes.flatMap(({ addedNodes }) => [...addedNodes]).flatMap((node) => node.dataset?.seq ?? []);
    if (seqs.length > 0) requestAnimationFrame(() => setTimeout(() => watched.rows.push(...seqs.map((seq) => [Number(seq), now()]))));
  }).observe(document.querySelector('.rows'), { childList: true, subtree: true });
  let last = performance.now();
  const frame = (at) => {
    watched.frames.push(at - last);
    last = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);`;

const watchedSchema = z.object({ rows: z.array(z.tuple([z.number(), z.number()])), frames: z.array(z.number()) });

async function seen(page: Page) {
  return watchedSchema.parse(await page.evaluate('watched'));
}

/** Pure. Of each packet that was drawn, milliseconds from the wire to the screen. */
export function delays(
  events: readonly LiveEvent[],
  { rows }: { readonly rows: readonly (readonly [seq: number, at: number])[] },
): number[] {
  const first = new Map(rows.toReversed());
  return events.flatMap((event) => {
    const drawnAt = event.is === 'packet' ? first.get(event.seq) : undefined;
    return drawnAt === undefined ? [] : [drawnAt - event.at];
  });
}

/** Pure. The 99th percentile. */
export function late(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN;
}

/** Pure. */
export function rowsOf(of: Of<Live>): Row[] {
  return [
    { name: 'live, to its page', median: of(({ page }) => page), unit: 's', target: { most: 1 } },
    { name: '  to its address', median: of(({ address }) => address), unit: 's' },
    {
      name: 'a packet, wire to screen, 99 %',
      median: of(({ drawn }) => drawn.late),
      unit: 'ms',
      target: { most: 100 },
    },
    { name: '  median', median: of(({ drawn }) => drawn.median), unit: 'ms' },
    { name: 'frames at 200 packets/s, 99 %', median: of(({ frame }) => frame), unit: 'ms', target: { most: 50 } },
  ];
}
