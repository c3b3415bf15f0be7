import type { ComponentChildren } from 'preact';
import type { Outcome, Sentence } from '../judge/sentence.ts';
import { Text } from './text.tsx';

type Props = { readonly sentence: Sentence; readonly children?: ComponentChildren };

const CLASSES: Readonly<Record<Outcome, string>> = { so: 'says', 'not so': 'says contradicts', open: 'says open' };

/** A sentence with a bar in the colour of what it says; one that tells a contradiction begins so. */
export function Says({ sentence, children }: Props) {
  const { text, says } = sentence;
  return (
    <p class={CLASSES[says]}>
      {says === 'not so' ? <strong>Not as expected: </strong> : null}
      <Text>{text}</Text>
      {children}
    </p>
  );
}
