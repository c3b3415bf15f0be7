import type { Conclusion } from '../analysis/conclusion.ts';
import { CheckLink } from './check-link.tsx';
import { Text } from './text.tsx';

const MOST_LINKS = 3;

/** A sentence with a bar in the colour of its outcome and links to its checks; a contradiction says so first. */
export function ConclusionText({ conclusion: { text, outcome, checks } }: { readonly conclusion: Conclusion }) {
  return (
    <p class={`conclusion ${outcome}`}>
      {outcome === 'contradicted' ? <strong>Not as expected: </strong> : null}
      <Text>{text}</Text>
      <Links ids={checks} />
    </p>
  );
}

/** The tables link to the rest of many. */
function Links({ ids }: { readonly ids: Conclusion['checks'] }) {
  if (ids.length === 0) return null;
  const more = ids.length - MOST_LINKS;
  return (
    <span class="small">
      {' '}
      (
      {ids.slice(0, MOST_LINKS).map((id, index) => (
        <>
          {index === 0 ? '' : ', '}
          <CheckLink id={id} />
        </>
      ))}
      {more > 0 ? ` and ${more} more` : ''})
    </span>
  );
}
