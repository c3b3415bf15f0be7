import { CALLED_AS } from '../../../base/called-as.ts';
import { isLeftOut } from '../../../records/left-out.ts';
import { type CheckRecord, count, FAMILIES } from '../../../records/record.ts';
import { type DrawnChecks, DrawnChecksContext } from '../drawn-checks.ts';
import { counted } from '../format.ts';
import { drawnCheck } from '../parts/check-details.tsx';
import type { SectionProps } from '../parts/section.tsx';

const VERDICTS = [
  { verdict: 'fail', word: 'failed' },
  { verdict: 'inconclusive', word: 'inconclusive' },
  { verdict: 'deviation', word: 'known deviations' },
  { verdict: 'skipped', word: 'skipped' },
  { verdict: 'pass', word: 'passed' },
] as const;

/** The records of the run, folded, by family. The filter works without the script, the search does not. */
export function Checks({ results }: SectionProps) {
  return (
    <DrawnChecksContext.Consumer>{(drawn) => <Folded results={results} drawn={drawn} />}</DrawnChecksContext.Consumer>
  );
}

function Folded({ results, drawn }: SectionProps & { readonly drawn: DrawnChecks }) {
  const ran = results.checks.filter((record) => !isLeftOut(record));
  const checks = ran.filter(({ id }) => drawn.has(id));
  const families = FAMILIES.filter((family) => checks.some((record) => record.family === family));
  const lacking = ran.length - checks.length;
  return (
    <>
      <p>
        This page rests on {counted(ran.length, 'check')}. Each has a claim, what was expected and what was observed,
        and the packets behind its verdict. <code>{CALLED_AS} verify --only ID</code> runs one again.{' '}
        <span id="save-records" />
      </p>
      {lacking === 0 ? null : (
        <p>
          Here are {counted(checks.length, 'check')} with failures first. {counted(lacking, 'more check')} would make
          the page too long; records.jsonl beside it has them all.
        </p>
      )}
      <LeftOut count={results.checks.length - ran.length} seed={results.environment?.leftOut?.seed} />
      <Filter checks={checks} />
      {families.map((family) => (
        <>
          <h3>{family}</h3>
          <div dangerouslySetInnerHTML={{ __html: drawnOf(checks.filter((record) => record.family === family)) }} />
        </>
      ))}
    </>
  );
}

function LeftOut({ count, seed }: { readonly count: number; readonly seed: number | undefined }) {
  if (count === 0) return null;
  return (
    <p>
      The run left out {counted(count, 'check')}: other checks cover each pair of user, topic, action and version
      {seed === undefined ? '' : ` (seed ${seed})`}. <code>{CALLED_AS} verify --exhaustive</code> runs them.
    </p>
  );
}

/** Most of the page, drawn while the run goes on. */
function drawnOf(checks: readonly CheckRecord[]): string {
  return checks.map(drawnCheck).join('');
}

function Filter({ checks }: { readonly checks: readonly CheckRecord[] }) {
  const counts = count(checks);
  const there = VERDICTS.filter(({ verdict }) => counts[verdict] > 0);
  return (
    <fieldset class="filter">
      <legend>Show</legend>
      <label>
        <input type="radio" name="verdict" id="only-all" checked /> all {checks.length}
      </label>
      {there.map(({ verdict, word }) => (
        <label>
          <input type="radio" name="verdict" id={`only-${verdict}`} /> {counts[verdict]} {word}
        </label>
      ))}
      <label hidden>
        with the words <input type="search" id="find-checks" />
      </label>
    </fieldset>
  );
}
