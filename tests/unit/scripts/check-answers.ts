import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { saveAnswers } from '../../../live/answers/save.ts';
import { folderFor } from '../_sh.ts';
import { savedWith } from '../live/answers/_saved.ts';
import { saved, wholeSession } from '../live/checkpoint/_transcript.ts';
import { runLab } from './_run-lab.ts';

test.serial('judges a saved live view without a lab file; exit code 1 for a step that does not hold', async (t) => {
  const directory = folderFor(t);
  const files = await saveAnswers({ directory }, savedWith([]));
  for (const file of [files.html, files.json]) {
    const { status, stdout } = await runLab('check-answers', '--lab', path.join(directory, 'lab.yaml'), file);
    t.is(status, 1);
    t.regex(stdout, /^student: Zoë\nlab: class\n[\s\S]*✗ does not hold, no prediction, no answer: 2\.2b QoS 2\n/);
    t.regex(stdout, /no proof against forgery/);
  }
});

test.serial('exit code 0 where all steps hold, and 1 where the file has fewer', async (t) => {
  const good = saved(wholeSession());
  const { json } = await saveAnswers({ directory: folderFor(t) }, good);
  t.is((await runLab('check-answers', json)).status, 0);
  const printed = await runLab('check-answers', '--json', json);
  t.is(JSON.parse(printed.stdout).verdict, 'pass');
  const none = { ...savedWith([]), setup: { ...good.setup, steps: [] } };
  const { status, stdout } = await runLab('check-answers', (await saveAnswers({ directory: folderFor(t) }, none)).json);
  t.is(status, 1);
  t.regex(stdout, /✗ does not hold: 2\.2d /);
});

test.serial('exit code 2 for a file that is no saved live view', async (t) => {
  const file = path.join(folderFor(t), 'x.json');
  writeFileSync(file, '[]');
  const { status, stdout, stderr } = await runLab('check-answers', file);
  t.is(status, 2);
  t.is(stdout, '');
  t.regex(stderr, /x\.json: this is no saved live view/);
  const { mistakes } = JSON.parse((await runLab('check-answers', '--json', file)).stdout);
  t.regex(mistakes[0], /this is no saved live view/);
});
