import test from 'ava';
import { bootstrapFailure, explained } from '../../../../provisioning/docker/bootstrap-failure.ts';
import type { FirstCause } from '../../../../provisioning/docker/hand-over.ts';

const OUTPUT = `I: running apt-get update...
W: Failed to fetch http://mirror.example/InRelease  Something wicked happened
Reading package lists...
E: apt-get update -oAPT::Status-Fd=<$fd> failed
I: main() received signal PIPE: waiting for setup...
W: hooklistener errored out: E: received eof on socket
E: mmdebstrap failed to run
`;

const ended = (code: number | undefined, signal?: string) => ({ kind: 'ended', code, signal }) as const;

/** [cause, output, what happened, advice] */
const rows: readonly (readonly [Exclude<FirstCause, { kind: 'interrupted' }>, string, RegExp, RegExp])[] = [
  [
    { kind: 'silent', who: 'child' },
    'Unpacking libc6',
    /^mmdebstrap .*10 minutes, so the lab ended it.*\n {4}Unpacking libc6$/,
    /overloaded/,
  ],
  [{ kind: 'silent', who: 'taker' }, OUTPUT, /^the engine .*10 minutes, so the lab ended/, /log of the engine/],
  [
    { kind: 'refused', why: 'socket hang up' },
    OUTPUT,
    /^the engine did not accept .*socket hang up$/,
    /log of the engine/,
  ],
  [{ kind: 'not-started', why: 'spawn sudo ENOENT' }, '', /spawn sudo ENOENT/, /sudo/],
  [ended(undefined, 'SIGKILL'), OUTPUT, /outside the lab ended mmdebstrap by SIGKILL/, /memory/],
  [ended(9), 'setsid: child 42 did not exit normally: Success', /by SIGKILL/, /check whether memory/],
  [
    ended(1),
    `I: main() received signal TERM: waiting for setup...\n${OUTPUT}`,
    /outside the lab .* by SIGTERM/,
    /shutdown/,
  ],
  [
    ended(1),
    OUTPUT,
    /^mmdebstrap failed with exit code 1\n {4}W: Failed to fetch .*E: mmdebstrap failed to run$/s,
    /unknown/,
  ],
];

for (const [cause, output, happened, advice] of rows) {
  test(`explains ${JSON.stringify(cause)} after ${JSON.stringify(output.slice(0, 30))}`, (t) => {
    const explanation = explained(cause, output);
    t.regex(explanation.happened, happened);
    t.regex(explanation.advice ?? '', advice);
  });
}

test('only an mmdebstrap that failed by itself leads to advice about apt', (t) => {
  for (const [cause, output] of rows.slice(0, -1)) t.notRegex(explained(cause, output).advice ?? '', /apt-get update/);
});

test('an interruption is no failure of mmdebstrap', async (t) => {
  const { signal } = new AbortController();
  const error = await bootstrapFailure({ cause: { kind: 'interrupted' }, output: OUTPUT, suite: 'trixie', signal });
  t.is(error.kind, 'interrupted');
});

test('names a cause that facts about this machine confirm', async (t) => {
  const { signal } = new AbortController();
  const output =
    'E: Failed to fetch http://nowhere.example/x  Could not connect to nowhere.example:80\nE: mmdebstrap failed to run\n';
  const error = await bootstrapFailure({ cause: ended(1), output, suite: 'trixie', signal });
  t.regex(error.trouble.happened, /this machine does not reach nowhere\.example/);
  t.is(error.kind, 'could-not-run');
});
