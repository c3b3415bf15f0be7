import { once } from 'node:events';
import process from 'node:process';
import { Command } from 'commander';
import { ignoreFailure } from '../base/errors.ts';
import { painter } from '../base/paint.ts';
import { withVersion } from '../deployment/broker-version.ts';
import { holdLiveView } from '../deployment/lab-lock.ts';
import { requireAnswer } from '../deployment/ready.ts';
import type { LabCommand } from './command.ts';
import { portNumber } from './listener-option.ts';

type Options = { port?: number; open: boolean };

/** `./lab live`: a page that shows the packets of a publisher and a subscriber, and controls both. */
export function live(): LabCommand {
  const command = new Command('live')
    .description(
      'Open a page on this machine that shows every packet between a publisher, the broker and a subscriber, and controls both. Runs until Ctrl-C. The lab must be up.',
    )
    .option('--port <port>', 'port of the page on 127.0.0.1 (default: one that is free)', portNumber)
    .option('--no-open', 'only print the address; without it, a desktop opens the page in its browser');
  return {
    command,
    endsWithInterrupt: true,
    async run({ lab, live: locate, signal }) {
      const { port, open } = command.opts<Options>();
      const holding = holdLiveView(lab(), signal);
      const locating = locate();
      // awaited below: where the lock is refused, that is what the user reads
      ignoreFailure(locating);
      await using _view = await holding;
      const found = await locating;
      // loaded while the broker answers
      const loading = Promise.all([
        import('../live/session.ts'),
        import('../live/server/server.ts'),
        import('../live/server/page.ts'),
        import('../live/server/open-browser.ts'),
      ]);
      const [versioned] = await Promise.all([withVersion(found, signal), requireAnswer(found, signal)]);
      const [{ openLiveSession }, { startServer }, { PAGE, STYLE }, { openBrowser }] = await loading;
      await using session = openLiveSession(versioned);
      await using server = await startServer({
        ...{ port, setup: session.setup, transcript: session.transcript, page: PAGE, style: STYLE },
        execute: (given) => session.execute(given),
        onNobody: () => void ignoreFailure(session.endClients()),
      });
      const paint = painter(process.stdout);
      console.log(`live view: ${paint('bold', server.address)}`);
      console.log(
        'anyone on this machine with this address can act as the users of the lab; Ctrl-C ends the live view',
      );
      if (open) openBrowser(server.addressForOnce());
      if (!signal.aborted) await once(signal, 'abort');
      return 0;
    },
  };
}
