import { existsSync } from 'node:fs';
import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import type { Progress, ReportProgress } from '../../../base/progress.ts';
import { converge, factsFor } from '../../../provisioning/converge.ts';
import { withHostLock } from '../../../provisioning/exclusive.ts';
import type { Host, Result } from '../../../provisioning/hosts/host.ts';
import type { Query } from '../../../provisioning/resources/facts.ts';
import type { Resource } from '../../../provisioning/resources/resource.ts';
import { folderFor, sh } from '../_sh.ts';

const query: Query = { id: 'state', script: 'state' };

/** A host whose whole state is a set of words: its facts are the words, and a change's script is the word that it adds. */
function wordHost(words: Set<string>, broken: readonly string[] = []): Host {
  const answer = (script: string): Result => {
    const text = script.replaceAll(`'\\''`, "'");
    const word = /^(?:script=')?\(\n(.*)\n\)$/m.exec(text)?.[1];
    if (word !== undefined && broken.includes(word)) return { code: 100, stdout: '', stderr: 'E: no space left' };
    if (word !== undefined) words.add(word);
    const mark = /^echo '(fact-\w+) state'/m.exec(text)?.[1];
    return { code: 0, stdout: `${mark} state\n${[...words].join(' ')}\n${mark} 0\n`, stderr: '' };
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

function resourceFor(word: string, after = ''): Resource {
  return {
    id: word,
    queries: [query],
    plan(facts) {
      const has = facts.get(query).output.split(' ');
      if (!has.includes(after) && after !== '') throw new Error(`${word} was planned before ${after} was there`);
      const item = { kind: 'word', name: word } as const;
      if (has.includes(word)) return { items: [{ ...item, action: 'unchanged' }] };
      const change = { summary: `add ${word}`, script: word, timeoutMs: 1000, advice: 'repair it' };
      return { items: [{ ...item, action: 'create' }], change };
    },
  };
}

const signal = new AbortController().signal;

/** Converges as `up` does, and gives what was changed. */
async function bring(
  host: Host,
  resources: readonly Resource[],
  report: ReportProgress = () => undefined,
): Promise<string[]> {
  const changes: string[] = [];
  const facts = await factsFor(host, resources, signal);
  const onChange = (summary: string) => changes.push(summary);
  await converge(host, resources, { facts, planned: [], report, signal, onChange });
  return changes;
}

test('changes only what is missing, in order, and each resource sees the changes before it', async (t) => {
  const words = new Set(['a']);
  const events: Progress[] = [];
  const wanted = [resourceFor('a'), resourceFor('b'), resourceFor('c', 'b')];
  const changes = await bring(wordHost(words), wanted, (progress) => events.push(progress));
  t.deepEqual(changes, ['add b', 'add c']);
  t.deepEqual([...words], ['a', 'b', 'c']);
  t.deepEqual(
    events.map(({ kind, text }) => `${kind} ${text}`),
    ['step add b', 'changed add b', 'step add c', 'changed add c'],
  );
});

test('changes nothing in a second run', async (t) => {
  t.deepEqual(await bring(wordHost(new Set(['a', 'b'])), [resourceFor('a'), resourceFor('b')]), []);
});

test('stops at the first failure with its output and advice, and continues in the next run', async (t) => {
  const words = new Set<string>();
  const wanted = [resourceFor('a'), resourceFor('b'), resourceFor('c')];
  const failing = bring(wordHost(words, ['b']), wanted);
  const error = await t.throwsAsync(failing, { instanceOf: LabError });
  t.is(error?.message, 'broker: add b: exit code 100\n    E: no space left\n  try: repair it');
  t.deepEqual([...words], ['a']);
  t.deepEqual(await bring(wordHost(words), wanted), ['add b', 'add c']);
});

test('applies a change and gathers facts in one script, and reports the output of the change alone', async (t) => {
  if (!existsSync('/var/lib/dpkg')) {
    t.pass('not a Debian');
    return;
  }
  const file = `${folderFor(t)}/state`;
  const scripts: string[] = [];
  const host: Host = {
    ...wordHost(new Set()),
    start({ script, onLine }) {
      scripts.push(script);
      const { code: exit, stdout } = sh(script);
      const code = exit ?? 128;
      for (const line of stdout.split('\n')) onLine?.(line, 'stdout');
      return { result: Promise.resolve({ code, stdout, stderr: '' }), group: Promise.resolve(1), kill: async () => {} };
    },
  };
  const cat: Query = { id: 'cat', script: `cat ${file}` };
  const writes = (text: string): Resource => ({
    id: text,
    queries: [cat],
    plan(facts) {
      const change = { summary: `write ${text}`, script: text, timeoutMs: 1000 };
      return facts.get(cat).code === 0 ? { items: [] } : { items: [], change };
    },
  });
  const events: Progress[] = [];
  const report = (progress: Progress) => events.push(progress);
  const failing = bring(host, [writes('set -e; echo begins; false; echo goes on')], report);
  await t.throwsAsync(failing, { instanceOf: LabError, message: /exit code 1\n {4}begins$/ });
  t.is(scripts.length, 2);
  await bring(host, [writes(`set -e; echo begins; echo x >${file}; exit 0`)], report);
  t.is(scripts.length, 4);
  const details = events.flatMap(({ kind, text }) => (kind === 'detail' ? [text] : []));
  t.deepEqual(details, ['begins', '', 'begins']);
});

test('throws for a change that has no effect', async (t) => {
  const never: Resource = {
    id: 'never',
    queries: [query],
    plan: () => ({
      items: [{ action: 'change', kind: 'thing', name: 'one', detail: 'never' }],
      change: { summary: 'try', script: 'x', timeoutMs: 1 },
    }),
  };
  const error = await t.throwsAsync(bring(wordHost(new Set()), [never]), {
    instanceOf: LabError,
  });
  t.regex(error?.trouble.happened ?? '', /^thing one \(never\) still differs/);
});

test('waits for a step that an earlier run left behind, but not for processes that it started', (t) => {
  if (!existsSync('/var/lib/dpkg')) {
    t.pass('not a Debian');
    return;
  }
  const folder = folderFor(t);
  const step = withHostLock(
    `echo "$1$LC_ALL"; cat; [ ! -e ${folder}/first ] || [ -e ${folder}/done ] || echo too early; exit 3`,
  );
  const first = withHostLock(
    `: >${folder}/first; sleep 0.3; : >${folder}/done; sleep 60 >/dev/null & echo $! >${folder}/pid`,
  );
  const { stdout, code } = sh(`( ${first} ) &
until [ -e ${folder}/first ]; do sleep 0.02; done
( ${step} )
code=$?; wait; kill "$(cat ${folder}/pid)"; exit "$code"`);
  t.is(stdout, 'a step of an earlier run is still running; waiting until it ends\nC\n');
  t.is(code, 3);
});

test('prepares a script when its turn comes, and explains its failure', async (t) => {
  const words = new Set<string>();
  const fetching: Resource = {
    ...resourceFor('b', 'a'),
    plan(facts, earlier) {
      const plan = resourceFor('b', 'a').plan(facts, earlier);
      const change = plan.change && {
        ...plan.change,
        script: '',
        prepare: async () => (words.has('a') ? 'b' : 'too early'),
        explain: (output: string) => (output.includes('space') ? { happened: 'the disk is full' } : undefined),
      };
      return { ...plan, change };
    },
  };
  const failed = await t.throwsAsync(bring(wordHost(words, ['b']), [resourceFor('a'), fetching]), {
    instanceOf: LabError,
  });
  t.is(failed?.message, 'broker: add b: the disk is full');
  t.deepEqual(await bring(wordHost(words), [resourceFor('a'), fetching]), ['add b']);
});

test('gathers facts over the new connection after a change that ends the old one, and closes it at the end', async (t) => {
  const closed: string[] = [];
  const opened = (name: string, words: Set<string>): Host => ({
    ...wordHost(words),
    async [Symbol.asyncDispose]() {
      closed.push(name);
    },
  });
  const rebooting = (word: string): Resource => ({
    ...resourceFor(word),
    plan(facts, earlier) {
      const plan = resourceFor(word).plan(facts, earlier);
      const reconnect = async () => opened(word, new Set(['a', 'b', word]));
      return { ...plan, change: plan.change && { ...plan.change, script: 'never', reconnect } };
    },
  });
  const first = opened('first', new Set(['a']));
  t.deepEqual(await bring(first, [resourceFor('a'), rebooting('b')]), ['add b']);
  t.deepEqual(closed, ['b']);
});
