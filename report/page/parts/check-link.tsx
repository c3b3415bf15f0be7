import type { CheckRecord, Verdict } from '../../../records/record.ts';
import { hrefOf } from '../anchor.ts';
import { DrawnChecksContext } from '../drawn-checks.ts';
import { Name } from './text.tsx';

const MARKS: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  fail: '✗',
  deviation: '≈',
  skipped: '–',
  inconclusive: '?',
};
const WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'passed',
  fail: 'failed',
  deviation: 'known deviation',
  skipped: 'skipped',
  inconclusive: 'inconclusive',
};

/** A verdict as sign and word, readable without colour. */
export function VerdictMark({ verdict }: Pick<CheckRecord, 'verdict'>) {
  return (
    <span class={`verdict ${verdict}`}>
      <span aria-hidden="true">{MARKS[verdict]}</span> {WORDS[verdict]}
    </span>
  );
}

type LinkProps = Pick<CheckRecord, 'id'> & { readonly words?: string };

/** A link to a check's record on the page: its id, or other words. Only its id where the page lacks the record. */
export function CheckLink(props: LinkProps) {
  return (
    <DrawnChecksContext.Consumer>
      {(drawn) => (drawn.has(props.id) ? <Link {...props} /> : <Name>{props.id}</Name>)}
    </DrawnChecksContext.Consumer>
  );
}

function Link({ id, words }: LinkProps) {
  return words === undefined ? (
    <a href={hrefOf(id)}>
      <Name>{id}</Name>
    </a>
  ) : (
    <a href={hrefOf(id)} aria-label={`${words} ${id}`}>
      {words}
    </a>
  );
}
