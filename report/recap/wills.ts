import { z } from 'zod';
import { type Paint, printable } from '../../base/paint.ts';
import type { CheckRecord } from '../../records/record.ts';
import { timingOf } from '../../records/timing.ts';
import { spanText } from './span.ts';

const COLUMNS = 80;

const observedSchema = z.object({ wills: z.number() });
const expectedSchema = z.object({
  withinMs: z.number().optional(),
  keepAlive: z.number().optional(),
  delayS: z.number().optional(),
});

/** In the words of a line; a cause that is not here is told by its id. */
const CAUSES: Readonly<Record<string, string>> = {
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
  /** At once, by what was expected of the broker. */
  readonly isAtOnce: boolean;
  /** `keep alive 5 s`, `delay 2 s`. */
  readonly wait: string | undefined;
  readonly deviates: boolean;
  readonly failed: boolean;
};

/** Which causes left a last will at once, which later and when, and which left none. */
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

/** By cause and by what came of it: both roles, both versions and all hosts together. */
function causesOf(records: readonly CheckRecord[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const record of records) {
    const [family, word = ''] = record.id.split('.');
    const { data: observed } = observedSchema.safeParse(record.observed);
    // that a retained will is served has no cause of its own
    if (family !== 'will' || word === 'retained' || observed === undefined) continue;
    const wills = observed.wills;
    const key = `${word} ${wills > 0}`;
    const known = causes.get(key);
    const { data: expected } = expectedSchema.safeParse(record.expected);
    const { keepAlive, delayS, withinMs } = expected ?? {};
    const timing = timingOf(record);
    causes.set(key, {
      name: CAUSES[word] ?? word,
      wills,
      times: [...(known?.times ?? []), ...(timing === undefined ? [] : [timing.afterMs])],
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

/** As the recap marks known deviations. */
function mark(deviates: boolean): string {
  return deviates ? '≈ ' : '';
}

/** Items with commas between, on as many lines as they need. */
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
