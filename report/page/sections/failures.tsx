import { CheckFacts } from '../parts/check-details.tsx';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';

/** Of more failures than this the rest is named alone. */
const MOST_EXPLAINED = 10;

/** The failed checks with all that they tell; where nothing was shown at all, that. */
export function Failures({ results }: SectionProps) {
  const failed = results.checks.filter(({ verdict }) => verdict === 'fail');
  if (failed.length === 0) {
    return <p>Nothing was shown: no check of this run had a result, so that nothing is proved.</p>;
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
