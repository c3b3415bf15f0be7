import { once } from 'node:events';
import process from 'node:process';
import { Command } from 'commander';
import { deferred } from '../base/deferred.ts';
import { errorMessage, ignoreFailure, LabError } from '../base/errors.ts';
import { painter } from '../base/paint.ts';
import { masked } from '../base/secret.ts';
import { withVersion } from '../deployment/broker-version.ts';
import { holdLiveView } from '../deployment/lab-lock.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
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
      // loaded while the lock and the engine answer
      const loading = Promise.all([
        import('../live/server/server.ts'),
        import('../live/server/page.ts'),
        import('../live/server/open-browser.ts'),
      ]);
      // awaited below: where the lock is refused, that is what the user reads
      ignoreFailure(locating);
      ignoreFailure(loading);
      await using _view = await holding;
      await using opening = openSession(await locating, signal);
      const [{ startServer }, { PAGE, STYLE }, { openBrowser }] = await loading;
      await using server = await startServer({ port, session: opening.session, page: PAGE, style: STYLE });
      const paint = painter(process.stdout);
      console.log(`live view: ${paint('bold', server.address)}`);
      console.log(
        'anyone on this machine with this address can act as the users of the lab; Ctrl-C ends the live view',
      );
      if (open) openBrowser(server.addressForOnce());
      const end = untilEnd(signal);
      const session = await Promise.race([opening.session, end]);
      try {
        await end;
      } finally {
        const file = await session?.saveUnsaved();
        if (file !== undefined) console.log(`answers that were not saved are in ${file}`);
      }
      return 0;
    },
  };
}

/** Resolves with Ctrl-C. Throws a LabError for an error that nothing catches, so that the clients end and a cut is undone. */
async function untilEnd(signal: AbortSignal): Promise<undefined> {
  const failed = deferred<never>();
  process.on('uncaughtException', failed.reject);
  try {
    await Promise.race([signal.aborted || once(signal, 'abort'), failed.promise]);
  } catch (error) {
    const happened = `an error that nothing catches: ${masked(errorMessage(error))}`;
    const advice = 'start it again; where it fails again, report it as a bug of mqtt-lab';
    throw new LabError({ subject: 'live view', step: 'run', happened, advice }, 'could-not-run');
  }
  return undefined;
}

/** The session once the broker answers; a page loads meanwhile. Disposing of it does not wait for a broker that is silent. */
function openSession(live: LiveLab, interrupt: AbortSignal) {
  const over = new AbortController();
  const signal = AbortSignal.any([interrupt, over.signal]);
  const opening = async () => {
    const asking = Promise.all([withVersion(live, signal), requireAnswer(live, signal)]);
    const [{ openLiveSession }, [versioned]] = await Promise.all([import('../live/session.ts'), asking]);
    return openLiveSession(versioned);
  };
  const session = opening();
  // awaited by those who need it
  ignoreFailure(session);
  return {
    session,
    async [Symbol.asyncDispose]() {
      over.abort();
      await (await ignoreFailure(session))?.[Symbol.asyncDispose]();
    },
  };
}
