import test from 'ava';
import { converge } from '../../../provisioning/converge.ts';
import { LabError } from '../../../provisioning/errors.ts';
import type { Host, Result } from '../../../provisioning/hosts/host.ts';
import type { Progress } from '../../../provisioning/progress.ts';
import type { Query } from '../../../provisioning/resources/facts.ts';
import type { Resource } from '../../../provisioning/resources/resource.ts';

const query: Query = { id: 'state', script: 'state' };

/** A host whose whole state is a set of words: its facts are the words, a change's script is the words it adds. */
function wordHost(words: Set<string>, broken: readonly string[] = []): Host {
  const answer = (script: string): Result => {
    const mark = /^echo '(fact-\w+) state'/.exec(script)?.[1];
    if (mark !== undefined) {
      return { code: 0, stdout: `${mark} state\n${[...words].join(' ')}\n${mark} 0\n`, stderr: '' };
    }
    if (broken.includes(script)) return { code: 100, stdout: '', stderr: 'E: no space left' };
    words.add(script);
    return { code: 0, stdout: '', stderr: '' };
  };
  return {
    name: 'broker',
    start: ({ script }) => ({
      result: Promise.resolve(answer(script)),
      group: Promise.resolve(1),
      kill: async () => {},
    }),
    async [Symbol.asyncDispose]() {},
  };
}

function wants(word: string, after = ''): Resource {
  return {
    id: word,
    queries: [query],
    plan(facts) {
      const has = facts.get(query).output.split(' ');
      if (!has.includes(after) && after !== '') throw new Error(`${word} was planned before ${after} was there`);
      return has.includes(word)
        ? undefined
        : { summary: `add ${word}`, script: word, timeoutMs: 1000, advice: 'mend it' };
    },
  };
}

const signal = new AbortController().signal;

test('changes only what is missing, in order, each seen by the next', async (t) => {
  const words = new Set(['a']);
  const told: Progress[] = [];
  const wanted = [wants('a'), wants('b'), wants('c', 'b')];
  const { changes } = await converge(wordHost(words), wanted, (progress) => told.push(progress), signal);
  t.deepEqual(changes, ['add b', 'add c']);
  t.deepEqual([...words], ['a', 'b', 'c']);
  t.deepEqual(
    told.map(({ kind, text }) => `${kind} ${text}`),
    ['step add b', 'changed add b', 'step add c', 'changed add c'],
  );
});

test('a second time changes nothing', async (t) => {
  const { changes } = await converge(wordHost(new Set(['a', 'b'])), [wants('a'), wants('b')], () => undefined, signal);
  t.deepEqual(changes, []);
});

test('the first failure ends it, with its output and what to try; the next run goes on from there', async (t) => {
  const words = new Set<string>();
  const wanted = [wants('a'), wants('b'), wants('c')];
  const failing = converge(wordHost(words, ['b']), wanted, () => undefined, signal);
  const error = await t.throwsAsync(failing, { instanceOf: LabError });
  t.is(error?.message, 'broker: add b: exit code 100\n    E: no space left\n  try: mend it');
  t.deepEqual([...words], ['a']);
  t.deepEqual((await converge(wordHost(words), wanted, () => undefined, signal)).changes, ['add b', 'add c']);
});

test('a change that changes nothing is an error, not a success', async (t) => {
  const never: Resource = {
    id: 'never',
    queries: [query],
    plan: () => ({ summary: 'try', script: 'x', timeoutMs: 1 }),
  };
  const error = await t.throwsAsync(
    converge(wordHost(new Set()), [never], () => undefined, signal),
    {
      instanceOf: LabError,
    },
  );
  t.is(error?.trouble.happened, 'it was done, but the host still is not as wanted');
});
