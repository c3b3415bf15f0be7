import type { Results } from '../../../records/results.ts';
import { checksOf } from '../measured.ts';
import { CheckLink, VerdictMark } from './check-link.tsx';
import { Text } from './text.tsx';

type Props = {
  readonly results: Results;
  /** First words of the ids of the checks that would have measured it, such as `qos.size`. */
  readonly prefix: string;
  readonly command: string;
  /** Whether nothing but a Pi lets it be measured. */
  readonly needsPi?: boolean;
};

const MOST_NAMED = 4;

/** Says that a question has no measurement in this run, why where its checks tell it, and which command measures it. */
export function NotMeasured({ results, prefix, command, needsPi = false }: Props) {
  const checks = checksOf(results, prefix).filter(({ verdict }) => verdict !== 'pass');
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
