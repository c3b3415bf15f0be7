import { type CheckRecord, count, FAMILIES } from '../../../records/record.ts';
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

/** Every record of the run, folded, by family. The filter works without the script, the search does not. */
export function Checks({ results }: SectionProps) {
  const { checks } = results;
  const families = FAMILIES.filter((family) => checks.some((record) => record.family === family));
  return (
    <>
      <p>
        This page rests on {counted(checks.length, 'check')}. Each has a claim, what was expected and what was observed,
        and the packets behind its verdict. <code>./lab verify --only ID</code> runs one again.{' '}
        <span id="save-records" />
      </p>
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
