import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { removeBroker } from '../../../mosquitto/remove-broker.ts';
import { folderFor, sh, syntaxError } from '../_sh.ts';
import { itemTexts, planOf } from './_resource.ts';

const LAB_CONF = '/etc/mosquitto/conf.d/lab.conf';

test('stops the broker and removes its files', (t) => {
  t.is(planOf(removeBroker('two'), '').change, undefined);
  const { items, change } = planOf(removeBroker('two'), `process 7\nfile ${LAB_CONF}\nfile /etc/mosquitto/lab.acl`);
  t.deepEqual(itemTexts(items), [
    'remove process mosquitto 7',
    `remove file ${LAB_CONF}`,
    'remove file /etc/mosquitto/lab.acl',
  ]);
  t.is(change?.summary, `stop the broker, remove ${LAB_CONF}, /etc/mosquitto/lab.acl`);
  t.is(syntaxError(change?.script), '');
});

test('refuses a host that another lab has taken over', (t) => {
  const error = t.throws(() => planOf(removeBroker('two'), 'other three'), { instanceOf: LabError });
  t.regex(error?.message ?? '', /"three".*\n {2}try: .*`\.\/lab down three`/);
});

/** [the first line of lab.conf; what the host answers about the lab "two"] */
const rows: readonly (readonly [firstLine: string, output: RegExp])[] = [
  ['# mqtt-lab "two": written from its lab file', /^file \S+\/lab\.conf\nfile \S+\/lab\.passwd\n$/],
  ['# mqtt-lab "three": written from its lab file', /^other three\n$/],
  // the backup says that the lab was here
  ['listener 1883', /^file \S+\/lab\.conf\nfile \S+\/lab\.passwd\n$/],
];

for (const [firstLine, output] of rows) {
  test(`finds the lab's files where lab.conf begins with: ${firstLine}`, (t) => {
    const root = folderFor(t);
    mkdirSync(join(root, 'etc/mosquitto/conf.d'), { recursive: true });
    mkdirSync(join(root, 'mqtt-lab/two'), { recursive: true });
    writeFileSync(join(root, LAB_CONF), firstLine);
    writeFileSync(join(root, 'etc/mosquitto/lab.passwd'), '');
    const local = (script: string) =>
      script
        .replaceAll('/etc/mosquitto', `${root}/etc/mosquitto`)
        .replaceAll('/var/lib/mqtt-lab', `${root}/mqtt-lab`)
        .replaceAll('/run/', `${root}/run/`);
    const [query] = removeBroker('two').queries;
    const answer = sh(local(query?.script ?? '')).stdout;
    t.regex(answer, output);
    if (answer.startsWith('other')) return;
    const { change } = planOf(removeBroker('two'), answer);
    const { code, stderr } = sh(local(change?.script ?? ''));
    t.is(code, 0, stderr);
    t.false(existsSync(join(root, LAB_CONF)) || existsSync(join(root, 'etc/mosquitto/lab.passwd')));
  });
}
