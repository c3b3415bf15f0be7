import { recordsAbout } from '../../../records/measurements.ts';
import type { Results } from '../../../records/results.ts';
import type { SubjectKind } from '../../../records/subject.ts';
import { CheckLink, VerdictMark } from './check-link.tsx';
import { Text } from './text.tsx';

type Props = {
  readonly results: Results;
  /** What the checks that would have measured it are about. */
  readonly about: SubjectKind;
  readonly command: string;
  /** Whether only a Pi can measure it. */
  readonly needsPi?: boolean;
};

const MOST_NAMED = 4;

/** Says that this run did not measure a question, why if its checks give a reason, and which command measures it. */
export function NotMeasured({ results, about, command, needsPi = false }: Props) {
  const checks = recordsAbout(results.checks, about).flatMap(({ record }) =>
    record.verdict === 'pass' ? [] : [record],
  );
  const lacksPi = needsPi && results.environment?.pis.length === 0;
  return (
    <div class="not-measured">
      {lacksPi ? (
        <p>
          Not measured in this run: it takes a Pi, and this lab has none. With a Pi in lab.yaml <code>{command}</code>{' '}
          measures it.
        </p>
      ) : (
        <p>
          Not measured in this run; <code>{command}</code> measures it.
        </p>
      )}
      {checks.length === 0 ? null : (
        <ul>
          {checks.slice(0, MOST_NAMED).map(({ id, verdict, reason }) => (
            <li>
              <VerdictMark verdict={verdict} /> <CheckLink id={id} />
              {reason === undefined ? null : (
                <>
                  : <Text>{reason}</Text>
                </>
              )}
            </li>
          ))}
          {checks.length > MOST_NAMED ? <li>{checks.length - MOST_NAMED} more</li> : null}
        </ul>
      )}
    </div>
  );
}
