import test from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { trackedHost } from '../../../../checks/harness/tracked-host.ts';
import type { Host, Result } from '../../../../provisioning/hosts/host.ts';

const COMMAND = { step: 'a step', script: ':', timeoutMs: 1_000 };

/** A host whose commands end when the test resolves their results. */
function scripted() {
  const results: ReturnType<typeof deferred<Result>>[] = [];
  let isOpen = true;
  const host: Host = {
    name: 'pi',
    start() {
      const result = deferred<Result>();
      results.push(result);
      return { result: result.promise, group: Promise.resolve(1), kill: async () => undefined };
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
  return { host, results, isOpen: () => isOpen };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

test('keeps a host open until its commands and the clean-up commands that follow have ended', async (t) => {
  const { host, results, isOpen } = scripted();
  const tracked = trackedHost(host);
  const cleaningUp = tracked.start(COMMAND).result.catch(() => tracked.start(COMMAND).result);
  const closed = tracked[Symbol.asyncDispose]();
  await soon();
  t.true(isOpen());
  results[0]?.reject(new Error('interrupted'));
  await soon();
  t.true(isOpen());
  results[1]?.resolve({ code: 0, stdout: '', stderr: '' });
  await closed;
  await cleaningUp;
  t.false(isOpen());
});

test('closes a host after 4 s although a command never ends', async (t) => {
  const { host, isOpen } = scripted();
  const tracked = trackedHost(host);
  void tracked.start(COMMAND);
  const begun = performance.now();
  await tracked[Symbol.asyncDispose]();
  t.false(isOpen());
  t.true(performance.now() - begun >= 3_900);
});
