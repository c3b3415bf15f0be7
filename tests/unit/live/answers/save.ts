import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parseHTML } from 'linkedom';
import { InputError, LabError } from '../../../../base/errors.ts';
import { answersHtml } from '../../../../live/answers/page.tsx';
import { readSaved } from '../../../../live/answers/read-saved.ts';
import { fileName, saveAnswers } from '../../../../live/answers/save.ts';
import { folderFor } from '../../_sh.ts';
import { DONE, packet, savedWith } from './_saved.ts';

/** Tags, an end of script, line separators, controls, bidirectional controls, half a surrogate pair. */
const HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(1)>&amp;"\'\u2028\u202e\u0000\u0085\ud800';

test('writes a page and JSON that only this user can read, and reads both', async (t) => {
  const directory = folderFor(t);
  const saved = savedWith(DONE);
  const { html, json } = await saveAnswers({ directory }, saved);
  t.is(path.relative(directory, html), '.lab/answers/Zoë-2026-11-30-133935.html');
  t.is(path.relative(directory, json), '.lab/answers/Zoë-2026-11-30-133935.json');
  for (const file of [html, json]) t.is(statSync(file).mode & 0o777, 0o600);
  t.is(statSync(path.join(directory, '.lab')).mode & 0o777, 0o700);
  t.deepEqual(await readSaved(json), saved);
  t.deepEqual(await readSaved(html), saved);
});

test('never replaces what was saved before', async (t) => {
  const directory = folderFor(t);
  const first = await saveAnswers({ directory }, savedWith([]));
  const second = await saveAnswers({ directory }, savedWith(DONE));
  t.regex(second.json, /-2\.json$/);
  t.deepEqual((await readSaved(first.html)).events, []);
  t.is(readdirSync(path.dirname(first.html)).length, 4);
});

for (const [student, name] of [
  ['../../etc/passwd', 'etc-passwd'],
  ['  Ann  O\u2019Neil ', 'Ann-O-Neil'],
  ['李雷', '李雷'],
  ['\u0000/..', 'student'],
  ['x'.repeat(200), 'x'.repeat(40)],
] as const) {
  test(`the file of ${JSON.stringify(student)} begins with ${name}`, (t) => {
    t.is(fileName({ student, saved: '2026-11-30T13:39:35.123Z' }), `${name}-2026-11-30-133935`);
  });
}

test('names the folder that it cannot write to', async (t) => {
  const directory = folderFor(t);
  mkdirSync(path.join(directory, '.lab'));
  writeFileSync(path.join(directory, '.lab', 'answers'), '');
  const error = await t.throwsAsync(saveAnswers({ directory }, savedWith([])), { instanceOf: LabError });
  t.regex(error.message, /\.lab\/answers: save: .*\n {2}try: /);
});

test('the page has the answers, the packets and the figures', (t) => {
  const { document } = parseHTML(answersHtml(savedWith(DONE)));
  const text = document.querySelector('main')?.textContent ?? '';
  for (const part of ['Zoë', 'class', '2026-11-30 13:39:35 UTC', '2.2b QoS 2', '4', 'It counts.'])
    t.true(text.includes(part), part);
  for (const part of [
    'QoS 2 takes four packets. [MQTT-4.3.3-1]',
    'PUBLISH id 7, QoS 2, topic status, payload on',
    '34 0f',
  ])
    t.true(text.includes(part), part);
  t.is(document.querySelectorAll('section tbody tr').length, 2);
});

test('the page marks each step as proved or not', (t) => {
  const title = (events: Parameters<typeof savedWith>[0]) =>
    parseHTML(answersHtml(savedWith(events))).document.querySelector('section h3')?.textContent;
  t.is(title(DONE), '✓ 2.2b QoS 2');
  t.is(title([]), '✗ 2.2b QoS 2');
});

test('the page says what is missing, and what was not as predicted', (t) => {
  const [, ...rest] = DONE;
  const text = (...events: Parameters<typeof savedWith>[0]) =>
    parseHTML(answersHtml(savedWith(events))).document.querySelector('section strong')?.textContent;
  t.is(text(), 'no prediction, no answer');
  t.is(text({ is: 'predicted', step: '2.2b', choice: 0 }, ...rest), 'not as predicted');
  t.is(text(...DONE), undefined);
});

test('the page loads nothing and shows hostile text as text', async (t) => {
  const events = [
    packet('publisher', { type: 'PUBLISH', topic: HOSTILE, payload: HOSTILE }),
    { is: 'answered', step: '2.2b', text: HOSTILE },
    { is: 'trouble', text: HOSTILE },
  ] as const;
  const saved = savedWith(events, HOSTILE);
  const html = answersHtml(saved);
  const { document } = parseHTML(html);
  t.is(document.querySelectorAll('script').length, 1);
  t.is(document.querySelectorAll('img, link:not([href="data:,"]), iframe').length, 0);
  for (const character of ['\u0000', '\u0085', '\u2028', '\u202e']) t.false(html.includes(character));
  t.regex(html, /default-src &#39;none&#39;|default-src 'none'/);
  const file = path.join(folderFor(t), 'saved.html');
  writeFileSync(file, html);
  t.deepEqual(await readSaved(file), saved);
});

for (const [name, text, mistake] of [
  ['an empty file', '', /neither JSON nor a page/],
  ['another page', '<!doctype html><p>no</p>', /the page has no transcript/],
  ['other JSON', '{"format":"x"}', /format: Invalid input/],
  ['a changed type', JSON.stringify({ ...savedWith([]), student: 5 }), /student: Invalid input/],
] as const) {
  test(`refuses ${name}`, async (t) => {
    const file = path.join(folderFor(t), 'saved.json');
    writeFileSync(file, text);
    const error = await t.throwsAsync(readSaved(file), { instanceOf: InputError });
    t.is(error.exitCode, 2);
    t.true(error.mistakes.every((line) => line.startsWith(file) || /^and \d+ more/.test(line)));
    t.regex(error.message, mistake);
  });
}

test('names a file that is not there', async (t) => {
  const error = await t.throwsAsync(readSaved('/nowhere.json'), { instanceOf: InputError });
  t.regex(error.message, /^\/nowhere\.json: cannot be read: /);
});
