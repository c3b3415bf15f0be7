import type { WillRow } from '../analysis/will-rows.ts';
import { causeName } from '../analysis/will-words.ts';
import { shown } from '../format.ts';
import { groupsOf } from '../groups.ts';

const WIDTH = 680;
const LEFT = 236;
const RIGHT = 616;
/** Between the cause and the first millisecond. */
const GAP = 48;
const TOP = 16;
const ROW = 27;
/** The logarithmic axis begins at a millisecond; the cause stands to its left. */
const FIRST_MS = 1;
const LEAST_DECADES = 4;
const COLOURS = {
  closes: 'var(--series-1)',
  will: 'var(--series-2)',
  log: 'var(--series-3)',
  back: 'var(--series-4)',
} as const;
type Mark = keyof typeof COLOURS;

/**
 * One row per cause with the time since it on a logarithmic axis: when the broker closed the connection, when its log line
 * arrived here, and when the last will came. All checks of a cause share a row. In words: `timelineText`.
 */
export function WillTimeline({ rows }: { readonly rows: readonly WillRow[] }) {
  const groups = groupsOf(rows, causeName);
  const decades = decadesOf(rows);
  const bottom = TOP + groups.length * ROW;
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${WIDTH} ${bottom + 46}`} font-size="12" font-family="system-ui, sans-serif">
      <path d={`M${LEFT},${TOP - 8}V${bottom}`} stroke="var(--ink)" stroke-width="1.5" />
      <text x={LEFT} y={bottom + 16} text-anchor="middle">
        cause
      </text>
      {Array.from({ length: decades + 1 }, (_, decade) => FIRST_MS * 10 ** decade).map((ms) => (
        <>
          <path d={`M${x(ms, decades)},${TOP - 8}V${bottom}`} stroke="var(--line)" stroke-dasharray="2 3" />
          <text x={x(ms, decades)} y={bottom + 16} text-anchor="middle">
            {ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}
          </text>
        </>
      ))}
      <text x={(LEFT + RIGHT) / 2} y={bottom + 36} text-anchor="middle">
        time from the cause (logarithmic)
      </text>
      {groups.map((group, index) => (
        <Line rows={group} y={TOP + index * ROW + ROW / 2} decades={decades} />
      ))}
    </svg>
  );
}

/** Enough powers of ten of a millisecond for all marks. */
function decadesOf(rows: readonly WillRow[]): number {
  const times = rows.flatMap((row) => [row.willAfterMs ?? 0, row.end?.afterMs ?? 0, row.backAfterMs ?? 0]);
  return Math.max(LEAST_DECADES, Math.ceil(Math.log10(Math.max(FIRST_MS, ...times))));
}

function x(ms: number, decades: number): number {
  const share = Math.log10(Math.max(ms, FIRST_MS) / FIRST_MS) / decades;
  return Math.round((LEFT + GAP + share * (RIGHT - LEFT - GAP)) * 10) / 10;
}

type LineProps = { readonly rows: readonly [WillRow, ...WillRow[]]; readonly y: number; readonly decades: number };

function Line({ rows, y, decades }: LineProps) {
  const wills = rows.flatMap(({ willAfterMs, wills: count }) =>
    willAfterMs === undefined || count === 0 ? [] : [willAfterMs],
  );
  const none = rows.filter(({ wills: count }) => count === 0).length;
  const at = (ms: number) => x(ms, decades);
  return (
    <>
      <text x={LEFT - 12} y={y + 4} text-anchor="end">
        {shown(causeName(rows[0]))}
      </text>
      {wills.length === 0 ? null : (
        <path d={`M${LEFT},${y}H${at(Math.max(...wills))}`} stroke="var(--faint)" stroke-width="1" />
      )}
      <circle cx={LEFT} cy={y} r="3.5" fill="var(--ink)" />
      {rows.map((row) => (
        <>
          {row.log[0]?.afterMs === undefined ? null : <Shape mark="log" x={at(row.log[0].afterMs)} y={y} />}
          {brokerClosed(row) ? <Shape mark="closes" x={at(row.end?.afterMs ?? 0)} y={y} /> : null}
          {row.backAfterMs === undefined ? null : <Shape mark="back" x={at(row.backAfterMs)} y={y} />}
        </>
      ))}
      {wills.map((ms) => (
        <Shape mark="will" x={at(ms)} y={y} />
      ))}
      {none === 0 ? null : (
        <text x={RIGHT + 10} y={y + 4} font-weight="600">
          ✕ none
        </text>
      )}
    </>
  );
}

/** By a FIN or RST of its own, or by its answer to the client's FIN. A kernel's table gives no exact time. */
function brokerClosed({ end }: WillRow): boolean {
  return end !== undefined && end.seenBy === 'socket' && (end.by === 'broker' || end.how === 'FIN');
}

function Shape({ mark, x: left, y }: { readonly mark: Mark; readonly x: number; readonly y: number }) {
  const colour = COLOURS[mark];
  switch (mark) {
    case 'closes':
      return <rect x={left - 4.5} y={y - 4.5} width="9" height="9" fill="none" stroke={colour} stroke-width="2" />;
    case 'log':
      return <path d={`M${left},${y - 9}V${y + 9}`} stroke={colour} stroke-width="2.5" />;
    case 'back':
      return <path d={`M${left},${y - 6}l6,11h-12z`} fill="none" stroke={colour} stroke-width="2" />;
    case 'will':
      return <circle cx={left} cy={y} r="5" fill={colour} />;
  }
}

const MEANINGS: readonly (readonly [Mark, string])[] = [
  ['closes', 'the broker closes the connection, seen by its client'],
  ['log', 'the broker logs it'],
  ['back', 'a client with that id is connected again'],
  ['will', 'the last will arrives at the subscriber'],
];

/** What the marks of the timeline mean. */
export function WillLegend() {
  return (
    <ul class="legend">
      {MEANINGS.map(([mark, meaning]) => (
        <li>
          <svg width="20" height="20" aria-hidden="true">
            <Shape mark={mark} x={10} y={10} />
          </svg>{' '}
          {meaning}
        </li>
      ))}
      <li>✕ none came</li>
    </ul>
  );
}
