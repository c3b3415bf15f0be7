import { useRef, useState } from 'preact/hooks';
import type { Setup, Side } from '../protocol.ts';
import { ConnectForm } from './connect-form.tsx';
import { Counters } from './counters.tsx';
import { Ends } from './ends.tsx';
import { useKeptFocus } from './kept-focus.ts';
import { PublishForm } from './publish-form.tsx';
import type { Connection } from './state.ts';
import { usePart } from './store.ts';
import { SubscribeForm } from './subscribe-form.tsx';

type SidePanelProps = { readonly side: Side; readonly setup: Setup };

const NAMES = { publisher: 'Publisher', subscriber: 'Subscriber' };
const WORDS: Readonly<Record<Connection['state'], string>> = {
  idle: 'not connected',
  connecting: 'connecting …',
  connected: 'connected',
  ended: 'ended',
};

const LATER = {
  publisher: 'Once it is connected, it publishes, and you end the connection or pull its cable.',
  subscriber: 'Once it is connected, it subscribes to more filters, and you end the connection or pull its cable.',
};

/** All that a user does with one side, and what that side has counted. */
export function SidePanel({ side, setup }: SidePanelProps) {
  const connection = usePart((state) => state.connections[side]);
  // wide screens show both sides beside the diagram
  const [isOpen] = useState(() => matchMedia('(min-width: 64rem)').matches);
  const { state, isCut } = connection;
  const panel = useRef<HTMLDetailsElement>(null);
  const { onFocusIn } = useKeptFocus(panel);
  return (
    <details ref={panel} class={`side ${side}`} open={isOpen} onFocusIn={onFocusIn}>
      <summary>
        <h2>{NAMES[side]}</h2>
        <span class={`state ${isCut ? 'cut' : state}`}>
          {WORDS[state]}
          {isCut ? ', cable pulled' : ''}
        </span>
      </summary>
      <About connection={connection} />
      {state === 'connected' && side === 'publisher' ? (
        <PublishForm setup={setup} fixed={connection.settings?.message} />
      ) : null}
      {state === 'connected' && side === 'subscriber' ? (
        <>
          <Subscriptions />
          <SubscribeForm setup={setup} program={connection.settings?.program} />
        </>
      ) : null}
      <Ends side={side} connection={connection} />
      <ConnectForm side={side} setup={setup} connection={connection} />
      {state === 'idle' || state === 'ended' ? <p class="about">{LATER[side]}</p> : null}
      <Counters side={side} />
    </details>
  );
}

function About({ connection }: { readonly connection: Connection }) {
  const { settings, clientId, why, state } = connection;
  if (why !== undefined) return <p class="about">{why}</p>;
  if (settings === undefined || state !== 'connected') return null;
  const where = settings.place === '' ? 'this machine' : settings.place;
  const version = settings.version === 5 ? 'MQTT 5' : 'MQTT 3.1.1';
  return (
    <p class="about">
      <b>{settings.user}</b> on {where}, {settings.program}, {version}, keep alive {settings.keepAlive} s
      {clientId === undefined ? null : (
        <>
          , client id <code>{clientId}</code>
        </>
      )}
    </p>
  );
}

/** What the broker granted, so that the form below is not mistaken for it. */
function Subscriptions() {
  const { codes } = usePart((state) => state.subscribed);
  if (codes.size === 0) return <p class="about">Subscribed to nothing on this connection.</p>;
  return (
    <ul class="about subscriptions" aria-label="Subscriptions of this connection">
      {[...codes].map(([filter, code]) => (
        <li key={filter}>
          <b>{filter}</b>: {code > 2 ? 'refused' : `QoS ${code} granted`}
        </li>
      ))}
    </ul>
  );
}
