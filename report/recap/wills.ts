import { type Paint, printable } from '../../base/paint.ts';
import { expectedWillSchema } from '../../records/measured/will.ts';
import { measured } from '../../records/measurements.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { SubjectOf } from '../../records/subject.ts';
import { spanText } from './span.ts';

const COLUMNS = 80;

type WillCause = SubjectOf<'last will'>['cause'];

/** Short names; a restart of the broker and the retained last will have no line. */
const NAMES: Readonly<Record<Exclude<WillCause, 'stop' | 'crash' | 'retained'>, string>> = {
  clean: 'DISCONNECT',
  'disconnect-with-will': 'DISCONNECT 0x04',
  fin: 'FIN',
  rst: 'RST',
  killed: 'killed',
  'protocol-error': 'malformed packet',
  'second-connect': 'second CONNECT',
  'takeover-clean': 'takeover',
  'takeover-persistent': 'persistent takeover',
  silent: 'silence',
  delay: 'will delay',
  'delay-reconnect': 'back in time',
  'delay-without-session': 'will delay without session',
};

type Cause = {
  readonly name: string;
  readonly wills: number;
  readonly times: readonly number[];
  /** Whether the broker was expected to publish it at once. */
  readonly isAtOnce: boolean;
  /** `keep alive 5 s`, `delay 2 s`. */
  readonly wait: string | undefined;
  readonly deviates: boolean;
  readonly failed: boolean;
};

/** Which causes left a last will at once, which left one later and when, and which left none. */
export function willLines(records: readonly CheckRecord[], paint: Paint): string[] {
  const causes = causesOf(records);
  const some = causes.filter(({ wills, times }) => wills > 0 && times.length > 0);
  const none = causes.filter(({ wills }) => wills === 0);
  return [
    ...wrapped('wills at once: ', some.filter(({ isAtOnce }) => isAtOnce).map(timed), paint),
    ...wrapped('wills later: ', some.filter(({ isAtOnce }) => !isAtOnce).map(timed), paint),
    ...wrapped('no will: ', none.map(untimed), paint),
  ];
}

/** By cause and by whether a last will came: both roles, both versions and all hosts together. */
function causesOf(records: readonly CheckRecord[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const { record, subject, observed } of measured(records, 'last will')) {
    const { cause } = subject;
    if (cause === 'stop' || cause === 'crash' || cause === 'retained') continue;
    const { wills, afterMs } = observed;
    const key = `${cause} ${wills > 0}`;
    const known = causes.get(key);
    const { keepAlive, delayS, withinMs } = expectedWillSchema.safeParse(record.expected).data ?? {};
    causes.set(key, {
      name: NAMES[cause],
      wills,
      times: [...(known?.times ?? []), ...(afterMs === undefined ? [] : [afterMs])],
      isAtOnce: withinMs !== undefined,
      wait: keepAlive === undefined ? (delayS === undefined ? undefined : `${delayS} s`) : `keep alive ${keepAlive} s`,
      deviates: record.verdict === 'deviation' || known?.deviates === true,
      failed: record.verdict === 'fail' || known?.failed === true,
    });
  }
  return [...causes.values()];
}

type Item = { readonly text: string; readonly failed: boolean };

function timed({ name, wait, times, deviates, failed }: Cause): Item {
  const of = wait === undefined ? '' : ` (${wait})`;
  return { text: `${mark(deviates)}${name}${of} ${spanText(times)}`, failed };
}

function untimed({ name, deviates, failed }: Cause): Item {
  return { text: `${mark(deviates)}${name}`, failed };
}

/** The recap's mark of known deviations. */
function mark(deviates: boolean): string {
  return deviates ? '≈ ' : '';
}

/** Items separated by commas, on as many lines as they need. */
function wrapped(head: string, items: readonly Item[], paint: Paint): string[] {
  const lines: { text: string; length: number }[] = [];
  for (const [index, { text, failed }] of items.entries()) {
    const shown = `${printable(text)}${index < items.length - 1 ? ',' : ''}`;
    const painted = failed ? paint('red', shown) : shown;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + shown.length <= COLUMNS) {
      last.text += ` ${painted}`;
      last.length += 1 + shown.length;
    } else {
      const before = last === undefined ? head : '  ';
      lines.push({ text: `${before}${painted}`, length: before.length + shown.length });
    }
  }
  return lines.map(({ text }) => text);
}
