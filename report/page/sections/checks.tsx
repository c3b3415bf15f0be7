import { anchorOf } from '../anchor.ts';
import { VerdictMark } from '../parts/check-link.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';

export function Checks({ results }: SectionProps) {
  return (
    <>
      {results.checks.map(({ id, claim, verdict }) => (
        <details id={anchorOf(id)} class={`check ${verdict}`}>
          <summary>
            <VerdictMark verdict={verdict} /> <Text>{id}</Text>
          </summary>
          <p>
            <Text>{claim}</Text>
          </p>
        </details>
      ))}
    </>
  );
}
