import { counted } from '../format.ts';
import { CheckLink } from '../parts/check-link.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';

/** Of more checks with one reason the page names the first, and counts the others. */
const MOST_NAMED = 50;

/** Where this version of the broker deviates from the standard or the lab file: each reason once, with its checks. */
export function Deviations({ results }: SectionProps) {
  const { checks, environment } = results;
  const deviating = checks.filter(({ verdict }) => verdict === 'deviation');
  const reasons = [...new Set(deviating.map(({ reason = 'no reason given' }) => reason))];
  const version = environment?.broker.version ?? 'This broker';
  if (reasons.length === 0) {
    return (
      <p>
        In this run <Text>{version}</Text> did all that the standard and the lab file say.
      </p>
    );
  }
  return (
    <>
      <p>
        <Text>{version}</Text> deviates from the standard or the lab file in exactly the ways that this version is known
        for. Any other deviation fails its check.
      </p>
      {reasons.map((reason) => {
        const own = deviating.filter((record) => (record.reason ?? 'no reason given') === reason);
        const statements = [...new Set(own.flatMap(({ statement }) => statement ?? []))];
        return (
          <details>
            <summary>
              <Text>{reason}</Text>: {counted(own.length, 'check')}
              {statements.length === 0 ? '' : ` against [${statements.join('], [')}]`}
            </summary>
            <ul>
              {own.slice(0, MOST_NAMED).map(({ id }) => (
                <li>
                  <CheckLink id={id} />
                </li>
              ))}
              {own.length > MOST_NAMED ? (
                <li>{counted(own.length - MOST_NAMED, 'more check')}, in the records</li>
              ) : null}
            </ul>
          </details>
        );
      })}
    </>
  );
}
