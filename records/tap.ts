import { stringify } from 'yaml';
import { isLeftOut } from './left-out.ts';
import type { CheckRecord } from './record.ts';
import type { Results } from './results.ts';

/** A run as TAP version 14 (testanything.org): one test point per check that the run did not leave out, with a YAML diagnostic for each that did not simply pass. */
export function tapLines({ checks }: Pick<Results, 'checks'>): string[] {
  const ran = checks.filter((record) => !isLeftOut(record));
  const leftOut = checks.length - ran.length;
  return [
    'TAP version 14',
    `1..${ran.length}`,
    ...(leftOut === 0 ? [] : [`# ${leftOut} left out`]),
    ...ran.flatMap((record, index) => point(record, index + 1)),
  ];
}

/** TAP of a run that could not start. */
export function tapBailOut(reason: string): string[] {
  return ['TAP version 14', `Bail out! ${oneLine(reason)}`];
}

function point(record: CheckRecord, number: number): string[] {
  const { id, claim, verdict, reason } = record;
  const line = `${verdict === 'fail' || verdict === 'inconclusive' ? 'not ok' : 'ok'} ${number} - ${escaped(`${id}: ${claim}`)}`;
  if (verdict === 'skipped') return [`${line} # SKIP ${escaped(reason ?? 'no reason given')}`];
  if (verdict === 'pass') return [line];
  return [line, ...diagnostic(record)];
}

function diagnostic(record: CheckRecord): string[] {
  const { verdict, reason, statement, expected, observed, host, versions, durationMs } = record;
  const facts = { verdict, reason, statement, expected, observed, host, versions, durationMs };
  // through JSON, since YAML accepts everything that JSON can hold
  const text = stringify(JSON.parse(JSON.stringify(facts)), { lineWidth: 0 }).trimEnd();
  return ['---', ...text.split('\n'), '...'].map((line) => `  ${line}`);
}

/** Escapes `#`, which begins a directive, and the backslash. */
function escaped(text: string): string {
  return oneLine(text).replaceAll(/[\\#]/g, '\\$&');
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}
