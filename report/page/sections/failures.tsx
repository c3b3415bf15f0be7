import type { CheckRecord } from '../../../records/record.ts';
import { type Cause, causesOf, countOthers } from '../../causes.ts';
import { counted } from '../format.ts';
import { CheckFacts } from '../parts/check-details.tsx';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';

/** Of more causes than this the page only names the checks of the rest. */
const MOST_EXPLAINED = 10;
/** Of longer lists of checks the page gives the first, and counts the others. */
const MOST_NAMED = 50;

/** Each cause of failed and inconclusive checks with all facts of one check and links to the others, or that no check had a result. */
export function Failures({ results }: SectionProps) {
  const causes = causesOf(results.checks);
  if (causes.length === 0) return <p>No check of this run had a result, so the run proves nothing.</p>;
  return (
    <>
      {causes.slice(0, MOST_EXPLAINED).map((cause) => (
        <Failure cause={cause} />
      ))}
      <Named checks={causes.slice(MOST_EXPLAINED).flat()} />
    </>
  );
}

function Failure({ cause }: { readonly cause: Cause }) {
  const [record, ...others] = cause;
  return (
    <>
      <h3>
        <VerdictMark verdict={record.verdict} /> <Text>{record.claim}</Text>
      </h3>
      <p>
        <CheckLink id={record.id} />
      </p>
      <div class="check-facts">
        <CheckFacts record={record} />
      </div>
      {others.length === 0 ? null : (
        <details>
          <summary>{countOthers(cause)}</summary>
          <Named checks={others} />
        </details>
      )}
    </>
  );
}

function Named({ checks }: { readonly checks: readonly CheckRecord[] }) {
  const rest = checks.length - MOST_NAMED;
  return checks.length === 0 ? null : (
    <ul>
      {checks.slice(0, MOST_NAMED).map(({ id, claim }) => (
        <li>
          <CheckLink id={id} />: <Text>{claim}</Text>
        </li>
      ))}
      {rest > 0 ? <li>{counted(rest, 'more check')}, in the records</li> : null}
    </ul>
  );
}
