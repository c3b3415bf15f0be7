import { useRef, useState } from 'preact/hooks';
import { store } from './store.ts';

/** Milliseconds without a key before an answer is sent. */
const PAUSE_MS = 800;
/** As the server allows. */
const MOST_CHARACTERS = 4_000;

type AnswerProps = {
  readonly step: string;
  readonly ask: string;
  readonly sent: string;
  /** Characters that prove the step; 0 where none do. */
  readonly shortest: number;
};

/** A free answer, which is sent as it is written. */
export function Answer({ step, ask, sent, shortest }: AnswerProps) {
  // what the server knows is shown until the first key
  const [typed, setTyped] = useState<string | undefined>();
  const waiting = useRef<number | undefined>(undefined);
  const last = useRef<string | undefined>(undefined);
  const send = (value: string) => {
    clearTimeout(waiting.current);
    if (value === last.current) return;
    last.current = value;
    store.send({ do: 'answer', step, text: value });
  };
  const onInput = (value: string) => {
    setTyped(value);
    clearTimeout(waiting.current);
    waiting.current = window.setTimeout(() => send(value), PAUSE_MS);
  };
  const missing = shortest - (typed ?? sent).trim().length;
  return (
    <>
      <label class="field answer">
        <span>{ask}</span>
        <textarea
          rows={2}
          maxLength={MOST_CHARACTERS}
          value={typed ?? sent}
          onInput={(event) => onInput(event.currentTarget.value)}
          onBlur={() => typed !== undefined && send(typed)}
        />
      </label>
      {missing > 0 ? (
        <p class="about">
          {missing} of {shortest} characters are missing.
        </p>
      ) : null}
    </>
  );
}
