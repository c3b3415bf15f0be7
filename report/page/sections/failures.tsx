import { CheckFacts } from '../parts/check-details.tsx';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';

/** Of more failures than this the page only names the rest. */
const MOST_EXPLAINED = 10;

/** The failed checks with all their facts, or that no check had a result. */
export function Failures({ results }: SectionProps) {
  const failed = results.checks.filter(({ verdict }) => verdict === 'fail');
  if (failed.length === 0) {
    return <p>No check of this run had a result, so the run proves nothing.</p>;
  }
  return (
    <>
      {failed.slice(0, MOST_EXPLAINED).map((record) => (
        <>
          <h3>
            <VerdictMark verdict="fail" /> <Text>{record.claim}</Text>
          </h3>
          <p>
            <CheckLink id={record.id} />
          </p>
          <div class="check-facts">
            <CheckFacts record={record} />
          </div>
        </>
      ))}
      {failed.length > MOST_EXPLAINED ? (
        <ul>
          {failed.slice(MOST_EXPLAINED).map(({ id, claim }) => (
            <li>
              <CheckLink id={id} />: <Text>{claim}</Text>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
