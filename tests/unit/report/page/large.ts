import test from 'ava';
import { leftOutReason } from '../../../../records/left-out.ts';
import type { CheckRecord } from '../../../../records/record.ts';
import { results } from '../../../../records/results.ts';
import { MOST_BYTES, pageHtml } from '../../../../report/page/page.tsx';
import { classChecks, recordFor } from '../../_class-lab.ts';
import { ENVIRONMENT } from './_results.ts';

const checks = classChecks();
const leftOut = { verdict: 'skipped', reason: leftOutReason('covered'), observed: null } as const;
const deviation = { verdict: 'deviation', reason: 'one permission', observed: { tookEffect: true } } as const;

function pageOf(records: readonly CheckRecord[], environment: Partial<typeof ENVIRONMENT> = {}): string {
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  return pageHtml(results(records, { ...ENVIRONMENT, ...environment }), lines);
}

/** Links to checks, without the record that they lead to. */
function dangling(page: string): string[] {
  const targets = new Set([...page.matchAll(/ id="(check-[^"]+)"/g)].map(([, id = '']) => encodeURIComponent(id)));
  const links = [...page.matchAll(/href="#(check-[^"]+)"/g)].map(([, id = '']) => id);
  return [...new Set(links)].filter((id) => !targets.has(id));
}

/** A run with every verdict, in which each failure has a reason of its own. */
function mixed(index: number): Partial<CheckRecord> {
  if (index % 5 === 0) return { verdict: 'fail', reason: `no ${'x'.repeat(index % 50)}` };
  if (index % 5 === 1) return deviation;
  return index % 5 === 2 ? leftOut : {};
}

test('the page of a run of a class takes at most 1 MB, and no link dangles', (t) => {
  t.true(checks.length > 20_000);
  t.is(MOST_BYTES, 1_000_000);
  const page = pageOf(
    checks.map((check, index) => recordFor(check, mixed(index))),
    { leftOut: { checks: 5_000, seed: 4711 } },
  );
  t.true(Buffer.byteLength(page) <= MOST_BYTES, `${Buffer.byteLength(page)}`);
  t.deepEqual(dangling(page).slice(0, 3), []);
  t.notRegex(page, /This section (takes|failed)/);
  const section = page.slice(page.indexOf('<section id="checks"')).slice(0, 2_000);
  t.regex(section, /more checks would make the page too long; records\.jsonl/);
  t.regex(section, /The run left out \d,\d{3} checks.*seed 4711.*--exhaustive/s);
  t.false(page.includes('id="records"'));
  t.regex(page, /Of \d\d,\d{3} checks: [^.]*failed[^.]*\. The run left out \d,\d{3} more checks\./);
});

test('the table of rights has a row for each right that the lab file gives, and one for the other pairs', (t) => {
  const page = pageOf(checks.map((check) => recordFor(check)));
  const section = page.slice(page.indexOf('<section id="authorisation"'), page.indexOf('<section id="qos-clients"'));
  const rows = section.match(/<bdi>user\d\d<\/bdi><\/code> on /g) ?? [];
  t.is(rows.length, 100);
  t.regex(section, /956 other pairs of user and topic/);
});
