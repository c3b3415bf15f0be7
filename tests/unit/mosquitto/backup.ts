import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { backup, dataBackup } from '../../../mosquitto/backup.ts';
import type { Item, Resource } from '../../../provisioning/resources/resource.ts';
import { syntaxError } from '../_sh.ts';
import { itemTexts, planOf } from './_resource.ts';

const two = { name: 'two' };
const FOLDER = '/var/lib/mqtt-lab/two';
const change = { summary: 'install it', script: 'true', timeoutMs: 1 };
const other = (isChanged: boolean): Resource => ({
  id: 'other',
  queries: [],
  plan: () => ({ items: [], ...(isChanged ? { change } : {}) }),
});
const shown = (output: string) => output.replaceAll('\n', ' ') || 'nothing';

/** [the host's output; whether the other resources change anything; the backup's items] */
const backups: readonly (readonly [output: string, isChanged: boolean, items: readonly string[]])[] = [
  ['', true, [`create backup ${FOLDER}`]],
  ['', false, []],
  ['running', true, [`create backup ${FOLDER}`]],
  ['complete', true, [`unchanged backup ${FOLDER}`]],
  ['complete\ndata\nown', false, [`unchanged backup ${FOLDER}`]],
  // an earlier version of the lab made no backup
  ['own\nrunning', true, []],
];

for (const [output, isChanged, expected] of backups) {
  test(`plans the backup for ${shown(output)}, ${isChanged ? 'with' : 'without'} other changes`, (t) => {
    const { items, change: own } = planOf(backup(two, [other(isChanged)]), output);
    t.deepEqual(itemTexts(items), expected);
    t.is(own === undefined, !expected.some((text) => text.startsWith('create')));
    if (own !== undefined) t.is(syntaxError(own.script), '');
  });
}

test('refuses a host that an interrupted down has restored in part', (t) => {
  const plan = () => planOf(backup(two, [other(true)]), 'complete\ndata\nrestoring');
  const error = t.throws(plan, { instanceOf: LabError });
  t.is(error?.kind, 'could-not-run');
  t.regex(error?.message ?? '', /restored this host in part.*\/var\/lib\/mqtt-lab\/two\n {2}try: run `\.\/lab down`/);
});

/** [the host's output; whether the backup is planned; whether the data is copied before the lab's broker starts] */
const data: readonly (readonly [output: string, isPlanned: boolean, isCopied: boolean])[] = [
  ['', false, false],
  ['', true, false],
  ['running', true, true],
  ['complete\nrunning', false, true],
  // the broker has ended since the backup
  ['complete', false, true],
  ['complete\ndata\nrunning', false, false],
  ['own\nrunning', false, false],
];

for (const [output, isPlanned, isCopied] of data) {
  test(`plans the data backup for ${shown(output)}${isPlanned ? ', backup planned' : ''}: ${isCopied ? 'copied' : 'left'}`, (t) => {
    const earlier: Item[] = isPlanned ? [{ action: 'create', kind: 'backup', name: FOLDER }] : [];
    const plan = planOf(dataBackup(two), output, earlier);
    t.is(plan.change !== undefined, isCopied);
    if (plan.change !== undefined) t.is(syntaxError(plan.change.script), '');
  });
}
