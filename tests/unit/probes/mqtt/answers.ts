import test from 'ava';
import { forgetAnswers, patienceFor } from '../../../../probes/mqtt/answers.ts';
import { NotSeen, openFeed } from '../../../../probes/mqtt/feed.ts';

const PUBACK = 'PUBACK for a PUBLISH to status';
const BOUND_MS = 8;

/** Waits for packets that never come, one after the other. */
async function waitInVain(count: number, what: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const waiting = openFeed<string>('sam').first(() => false, what, BOUND_MS);
    await waiting.catch((error: unknown) => {
      if (!(error instanceof NotSeen)) throw error;
    });
  }
}

test.serial('five waits in vain for one answer shorten the next', async (t) => {
  forgetAnswers();
  await waitInVain(4, PUBACK);
  t.is(patienceFor(PUBACK), 1);
  await waitInVain(1, PUBACK);
  t.is(patienceFor('PUBACK for a PUBLISH to test'), 0.25);
  t.is(patienceFor('PINGRESP'), 1);
  const waiting = openFeed<string>('sam').first(() => false, PUBACK, 4 * BOUND_MS);
  await t.throwsAsync(waiting, { message: /not within 0\.008 s/ });
});

test.serial('does not shorten the wait for an answer that came once', async (t) => {
  forgetAnswers();
  const feed = openFeed<string>('sam');
  const waiting = feed.first((packet) => packet === 'PUBACK', PUBACK, 60_000);
  feed.push('PUBACK');
  await waiting;
  await waitInVain(6, PUBACK);
  t.is(patienceFor(PUBACK), 1);
});

test.serial('does not shorten the wait for a last will', async (t) => {
  forgetAnswers();
  await waitInVain(6, 'last will');
  t.is(patienceFor('last will'), 1);
});
