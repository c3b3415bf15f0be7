import test from 'ava';
import type { Host } from '../../../../provisioning/hosts/host.ts';
import { framed, gatherFacts, unframe } from '../../../../provisioning/resources/facts.ts';
import { sh } from '../../_sh.ts';

const MARK = 'fact-0123';

/** [a query's script; its answer, through a real sh] */
const rows: readonly (readonly [script: string, code: number, output: string])[] = [
  ['true', 0, ''],
  ['false', 1, ''],
  ['echo hello', 0, 'hello\n'],
  ['printf hello', 0, 'hello'],
  ["printf 'a\\n\\n\\n'", 0, 'a\n\n\n'],
  ['echo one; echo two', 0, 'one\ntwo\n'],
  ['exit 7', 7, ''],
  ['echo said; exit 3', 3, 'said\n'],
  ['nosuchcommand', 127, ''],
  ['echo to stderr >&2', 0, ''],
  ['cd /; x=1; set -e; false; echo not here', 1, ''],
  ["echo 'fact-9999 other'", 0, 'fact-9999 other\n'],
];

test('gives each script’s answer, independent of the others', (t) => {
  const queries = rows.map(([script], index) => ({ id: `q:${index}`, script }));
  const answers = unframe(sh(framed(queries, MARK)).stdout, MARK);
  t.is(answers.size, rows.length);
  for (const [index, [script, code, output]] of rows.entries()) {
    t.deepEqual(answers.get(`q:${index}`), { code, output }, script);
  }
});

test('gives no fact for a cut-off output', (t) => {
  t.deepEqual(unframe(`${MARK} a\nx\n${MARK} 0\n${MARK} b\nhalf`, MARK), new Map([['a', { code: 0, output: 'x' }]]));
});

test('throws for a fact that was not gathered', async (t) => {
  const silent: Host = {
    name: 'pi',
    start: () => ({
      result: Promise.resolve({ code: 0, stdout: '', stderr: '' }),
      group: Promise.resolve(1),
      kill: async () => undefined,
    }),
    async [Symbol.asyncDispose]() {},
  };
  const facts = await gatherFacts(silent, []);
  t.throws(() => facts.get({ id: 'x', script: '' }), { message: 'no fact x was gathered' });
});

test('runs queries as root unless root is false', async (t) => {
  const asked: (boolean | undefined)[] = [];
  const host: Host = {
    name: 'pi',
    start({ root }) {
      asked.push(root);
      const result = Promise.resolve({ code: 0, stdout: '', stderr: '' });
      return { result, group: Promise.resolve(1), kill: async () => undefined };
    },
    async [Symbol.asyncDispose]() {},
  };
  await gatherFacts(host, []);
  await gatherFacts(host, [], undefined, { root: false });
  t.deepEqual(asked, [true, false]);
});
