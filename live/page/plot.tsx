import { useEffect, useState } from 'preact/hooks';
import type { Side } from '../protocol.ts';
import { type Point, SHOWN_MS } from './series.ts';
import { store } from './store.ts';
import { bytesText } from './text.ts';

const WIDTH = 640;
const HEIGHT = 120;
const REDRAW_MS = 1_000;
const SIDES: readonly Side[] = ['publisher', 'subscriber'];

/** Bytes of MQTT over the last two minutes, with each PINGREQ as a mark. */
export function Plot() {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), REDRAW_MS);
    return () => clearInterval(timer);
  }, []);
  const { series, connections } = store.state;
  const begin = now - SHOWN_MS;
  const lines = SIDES.map((side) => ({ side, points: sinceBegin(series[side], begin, now) }));
  const most = Math.max(10, ...lines.flatMap(({ points }) => points.at(-1)?.bytes ?? 0));
  if (lines.every(({ points }) => points.length === 0)) return null;
  const x = (at: number) => ((at - begin) / SHOWN_MS) * WIDTH;
  const y = (bytes: number) => HEIGHT - (bytes / most) * (HEIGHT - 14);
  return (
    <figure class="plot">
      <figcaption>
        MQTT bytes, last two minutes
        {lines.map(({ side, points }) => (
          <span key={side} class={`key ${side}`}>
            <svg viewBox="0 0 28 10" aria-hidden="true">
              <path d="M0 5h28" />
            </svg>
            {side}: {bytesText(points.at(-1)?.bytes ?? 0)}, {points.filter(({ isPing }) => isPing).length} pings
            {connections[side].settings === undefined ? '' : `, keep alive ${connections[side].settings?.keepAlive} s`}
          </span>
        ))}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 22}`}
        role="img"
        aria-label="MQTT bytes of both sides over the last two minutes; the caption has the sums"
      >
        {[0, 30, 60, 90, 120].map((seconds) => (
          <g key={seconds}>
            <path class="tick-line" d={`M${x(now - seconds * 1000)} 0V${HEIGHT}`} />
            <text
              x={x(now - seconds * 1000)}
              y={HEIGHT + 16}
              text-anchor={seconds === 0 ? 'end' : seconds === 120 ? 'start' : 'middle'}
            >
              {seconds === 0 ? 'now' : `−${seconds} s`}
            </text>
          </g>
        ))}
        <text x={4} y={10}>
          {bytesText(most)}
        </text>
        {lines.map(({ side, points }) => (
          <g key={side} class={side}>
            <path class="series" d={pathOf(points, x, y)} />
            {points
              .filter(({ isPing }) => isPing)
              .map(({ at, bytes }) => (
                <path key={at} class="ping-mark" d={`M${x(at)} ${y(bytes)}l-4 -8h8z`} />
              ))}
          </g>
        ))}
      </svg>
    </figure>
  );
}

/** Points with bytes counted from the begin, from there until now. */
function sinceBegin(points: readonly Point[], begin: number, now: number): Point[] {
  const before = points.findLast(({ at }) => at < begin)?.bytes ?? 0;
  const shown = points.filter(({ at }) => at >= begin).map((point) => ({ ...point, bytes: point.bytes - before }));
  const last = shown.at(-1);
  return last === undefined ? [] : [...shown, { at: now, bytes: last.bytes, isPing: false }];
}

function pathOf(points: readonly Point[], x: (at: number) => number, y: (bytes: number) => number): string {
  const [first] = points;
  if (first === undefined) return '';
  const steps = points.map(({ at, bytes }) => `H${x(at).toFixed(1)}V${y(bytes).toFixed(1)}`);
  return `M${x(first.at).toFixed(1)} ${HEIGHT}${steps.join('')}`;
}
