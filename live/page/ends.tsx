import type { HowToEnd, Side } from '../protocol.ts';
import { Control } from './fields.tsx';
import type { Connection } from './state.ts';
import { store, usePart } from './store.ts';

const ENDS: readonly (readonly [HowToEnd, string, string])[] = [
  ['disconnect', 'DISCONNECT', 'MQTT says goodbye'],
  ['kill', 'Close program', 'SIGKILL'],
  ['fin', 'FIN', 'only TCP closes'],
  ['rst', 'RST', 'TCP resets'],
];

/** How a side ends its connection, and its cable. */
export function Ends({ side, connection }: { readonly side: Side; readonly connection: Connection }) {
  const { state, isCut } = connection;
  const asked = usePart((page) => page.asked);
  const isConnected = state === 'connected';
  const isConnecting = state === 'connecting';
  const off = isConnecting ? 'wait until this side is connected' : 'connect this side first';
  const isEnding = asked.includes(`end ${side}`) && 'the connection is ending';
  const cable = isCut ? 'plug' : 'cut';
  const isMoving =
    asked.includes(`${cable} ${side}`) && (isCut ? 'the cable is being plugged in' : 'the cable is being pulled');
  if (!isConnected && !isConnecting && !isCut) return null;
  return (
    <fieldset class="ends">
      <legend>End the connection</legend>
      {ENDS.map(([how, name, what]) => (
        <Control
          key={how}
          look="end"
          why={(!isConnected && !(isConnecting && how === 'kill') && off) || isEnding}
          onClick={() => store.ask({ do: 'end', side, how })}
        >
          {name}
          <span class="what">{what}</span>
        </Control>
      ))}
      {isConnected || isCut ? (
        <Control look="end cable" why={isMoving} onClick={() => store.ask({ do: cable, side })}>
          {isCut ? 'Plug the cable in' : 'Pull the cable'}
          <span class="what">{isCut ? 'lets this connection through again' : 'silence: neither FIN nor RST'}</span>
        </Control>
      ) : null}
    </fieldset>
  );
}
