import { type State, withoutTrouble } from './state.ts';
import { store, usePart } from './store.ts';

const LINK_WORDS: Readonly<Partial<Record<State['link'], string>>> = {
  lost: 'The page lost its connection to the live view. It tries again by itself. The server keeps what happens meanwhile, unless the command in the terminal has ended: start it again then, and open the new address that it prints.',
  closed:
    'The server of this live view refused the page. Reload it, or start the live view again and open its new address.',
};

/** What did not work. */
export function Troubles() {
  const troubles = usePart((state) => state.troubles);
  const link = usePart((state) => state.link);
  return (
    <div class="troubles" role="alert">
      {LINK_WORDS[link] === undefined ? null : <p class="trouble">{LINK_WORDS[link]}</p>}
      {troubles.map(({ key, text }) => (
        <p key={key} class="trouble">
          <span>{text}</span>
          <button type="button" onClick={() => store.update((state) => withoutTrouble(state, key))}>
            Dismiss
          </button>
        </p>
      ))}
    </div>
  );
}
