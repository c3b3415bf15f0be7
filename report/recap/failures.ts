import { CALLED_AS } from '../../base/called-as.ts';
import { type Paint, printable, seconds } from '../../base/paint.ts';
import { type Cause, countOthers } from '../causes.ts';

/** Of more causes than this the recap explains some, names some and counts the rest. */
const MOST_EXPLAINED = 5;
const EXPLAINED_OF_MANY = 3;
const NAMED_OF_MANY = 6;
const MOST_EXAMPLES = 3;
const LONGEST_VALUE = 160;

const FIND_CAUSE = `${CALLED_AS} report latest shows the packets of each failed check`;

/** An entry for each cause of failures: one check with all facts, its advice, and the other checks that the cause concerns. */
export function failureLines(causes: readonly Cause[], paint: Paint): string[] {
  const count = causes.length > MOST_EXPLAINED ? EXPLAINED_OF_MANY : causes.length;
  const explained = causes.slice(0, count);
  const named = causes.slice(count, count + NAMED_OF_MANY);
  const rest = causes
    .slice(count + NAMED_OF_MANY)
    .flat()
    .filter(({ verdict }) => verdict === 'fail').length;
  const unknown = causes.filter(([{ advice }]) => advice === undefined).length;
  const of = unknown === causes.length ? '' : ` for ${unknown} of them`;
  const given = new Set<string>();
  /** Each advice once, at its first cause. */
  const tryLine = ([{ advice }]: Cause) => {
    if (advice === undefined || given.has(advice)) return [];
    given.add(advice);
    return [`      try       ${printable(advice)}`];
  };
  return [
    ...explained.flatMap((cause) => [...explain(cause, paint), ...tryLine(cause), ...others(cause, paint)]),
    ...named.flatMap((cause) => [title(cause, paint), ...tryLine(cause), ...others(cause, paint)]),
    ...(rest > 0 ? [paint('red', `  ✗ ${rest} more failed`)] : []),
    ...(unknown === 0 ? [] : [`      cause     unknown${of}: ${FIND_CAUSE}`]),
  ];
}

function explain(cause: Cause, paint: Paint): string[] {
  const [{ claim, statement, expected, observed, reason }] = cause;
  const source = statement === undefined ? '' : ` [${statement}]`;
  return [
    title(cause, paint),
    `      claim     ${printable(claim)}${source}`,
    ...(reason === undefined ? [] : [`      reason    ${printable(reason)}`]),
    `      expected  ${valueText(expected)}`,
    `      observed  ${valueText(observed)}`,
  ];
}

function title([{ id, durationMs }]: Cause, paint: Paint): string {
  return paint('red', `  ✗ ${id}  ${seconds(durationMs)}`);
}

function others(cause: Cause, paint: Paint): string[] {
  const words = countOthers(cause);
  if (words === undefined) return [];
  const [, ...rest] = cause;
  const ids = rest.slice(0, MOST_EXAMPLES).map(({ id }) => id);
  return [`      also      ${words} ${paint('dim', `(${ids.join(', ')}${rest.length > ids.length ? ', …' : ''})`)}`];
}

function valueText(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
