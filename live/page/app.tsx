import { Checkpoint } from './checkpoint.tsx';
import { Details } from './details.tsx';
import { Diagram } from './diagram.tsx';
import { Header } from './header.tsx';
import { Log } from './log.tsx';
import { Plot } from './plot.tsx';
import { SidePanel } from './side-panel.tsx';
import { usePart } from './store.ts';
import { Troubles } from './troubles.tsx';
import { Words } from './words.tsx';

export function App() {
  const setup = usePart((state) => state.setup);
  const link = usePart((state) => state.link);
  const hasFailed = link === 'lost' || link === 'closed';
  if (setup === undefined)
    return (
      <p class="waiting">
        {hasFailed ? 'The live view did not begin: its terminal says why.' : 'Connecting to the live view …'}
      </p>
    );
  return (
    <>
      <Header setup={setup} />
      <Troubles />
      <div class="stage">
        <SidePanel side="publisher" setup={setup} />
        <div class="middle">
          {setup.steps.length === 0 ? null : <Checkpoint steps={setup.steps} />}
          <Diagram setup={setup} />
          <Details />
          <Words />
          <Plot />
        </div>
        <SidePanel side="subscriber" setup={setup} />
      </div>
      <Log />
    </>
  );
}
