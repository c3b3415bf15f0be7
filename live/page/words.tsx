import { showRow } from './marked.ts';
import { useSlowPart } from './store.ts';

const SHOWN = 6;

/** What happened last, the newest first, in full. */
export function Words() {
  const words = useSlowPart((state) => state.words);
  if (words.length === 0) return null;
  return (
    <section class="happened" aria-labelledby="words-title">
      <h2 id="words-title">What just happened</h2>
      <ol>
        {words
          .slice(-SHOWN)
          .reverse()
          .map(({ seq, text, statement, isContradiction }) => (
            <li key={seq} class={isContradiction ? 'contradiction' : ''}>
              {isContradiction ? <b>Contradiction. </b> : null}
              {text} {statement === undefined ? null : <span class="statement">[{statement}]</span>}{' '}
              <button type="button" class="as-link" onClick={() => showRow(seq)}>
                show<span class="hidden"> in the diagram: {text}</span>
              </button>
            </li>
          ))}
      </ol>
    </section>
  );
}
