import { useRef } from 'preact/hooks';
import type { Setup } from '../protocol.ts';
import { Button, Control } from './fields.tsx';
import { store, usePart } from './store.ts';

const LINKS = { connecting: 'connecting …', open: 'live', lost: 'connection lost, trying again', closed: 'closed' };

export function Header({ setup }: { readonly setup: Setup }) {
  const link = usePart((state) => state.link);
  return (
    <header>
      <div>
        <h1>{setup.lab}</h1>
        <p class="subtitle">
          both hops, packet by packet <span class={`link ${link}`}>{LINKS[link]}</span>
        </p>
      </div>
      <Restart canRestart={setup.canRestart} />
    </header>
  );
}

function Restart({ canRestart }: { readonly canRestart: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const broker = usePart((state) => state.lanes.broker);
  const isAsked = usePart((state) => state.asked.includes('restart broker'));
  const close = () => dialog.current?.close();
  const restart = () => {
    close();
    store.ask({ do: 'restart broker' });
  };
  const why = canRestart ? (isAsked || broker === 'cut') && 'it restarts already' : "this is not the lab's own broker";
  return (
    <>
      <Control why={why} onClick={() => dialog.current?.showModal()}>
        Restart the broker
      </Control>
      <dialog ref={dialog} aria-labelledby="restart-title">
        <h2 id="restart-title">Restart the broker?</h2>
        <p>
          The broker ends all its connections, also those of other clients. Sessions and retained messages stay only
          where it saves them.
        </p>
        <div class="buttons">
          <Button onClick={close}>Cancel</Button>
          <Control look="main" onClick={restart}>
            Restart
          </Control>
        </div>
      </dialog>
    </>
  );
}
