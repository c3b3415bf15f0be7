import { counted } from '../format.ts';
import { CheckLink } from '../parts/check-link.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';

/** What this version of the broker does otherwise than the standard or the lab file says, each reason once with the checks that saw it. */
export function Deviations({ results }: SectionProps) {
  const { checks, environment } = results;
  const deviating = checks.filter(({ verdict }) => verdict === 'deviation');
  const reasons = [...new Set(deviating.map(({ reason = 'no reason given' }) => reason))];
  const version = environment?.broker.version ?? 'This broker';
  if (reasons.length === 0) {
    return (
      <p>
        In this run <Text>{version}</Text> did nothing otherwise than the standard and the lab file say.
      </p>
    );
  }
  return (
    <>
      <p>
        <Text>{version}</Text> does otherwise than the standard or the lab file says, in exactly the ways that this
        version is known for. A version that does otherwise again fails its check.
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
              {own.map(({ id }) => (
                <li>
                  <CheckLink id={id} />
                </li>
              ))}
            </ul>
          </details>
        );
      })}
    </>
  );
}
