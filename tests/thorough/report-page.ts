import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import * as z from 'zod';
import { writePage } from '../../report/page/write.ts';
import { openBrowser, openPage, type Watched } from '../lab/support/browser.ts';
import { idsOf, lostLinks, unfold, violations } from '../lab/support/look.ts';
import { deviationsOf, resultsOf } from '../lab/support/report-runs.ts';

const DESKTOP = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 780 } };

let browser: Browser | undefined;
let folder = '';

test.before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  browser = await openBrowser();
});

test.after.always(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Addresses of the pages, each written once. */
const pages = new Map<string, Promise<string>>();

async function written(run: string): Promise<string> {
  const making = (async () => {
    const at = await mkdtemp(path.join(folder, `${run}-`));
    const results = resultsOf(run);
    const records = results.checks.map((record) => `${JSON.stringify(record)}\n`).join('');
    await writeFile(path.join(at, 'records.jsonl'), records);
    return pathToFileURL(await writePage(at, results)).href;
  })();
  pages.set(run, making);
  return await making;
}

const SCREENS = {
  'at a desk, in the light': { ...DESKTOP, colorScheme: 'light' },
  'on a phone, in the dark': { ...PHONE, colorScheme: 'dark' },
  'on a phone, without JavaScript': { ...PHONE, javaScriptEnabled: false },
} as const;
type Screen = keyof typeof SCREENS;

/** Open pages by run and screen: what one test has opened or chosen there, the next one has too. */
const opened = new Map<string, Promise<Watched>>();

/** The page of a run, opened by the first who asks; undefined where this machine has no Chromium, which is no fault of the page. */
async function open(t: ExecutionContext, run: string, screen: Screen, anchor = ''): Promise<Watched | undefined> {
  if (browser === undefined) {
    t.log('nothing was looked at: this machine has neither chromium nor google-chrome');
    t.pass();
    return undefined;
  }
  const key = `${run}, ${screen}`;
  const opening =
    opened.get(key) ?? openPage(browser, `${await (pages.get(run) ?? written(run))}${anchor}`, SCREENS[screen]);
  opened.set(key, opening);
  return await opening;
}

test.serial('foreign text stays text: no element, attribute or script', async (t) => {
  const watched = await open(t, 'hostile', 'on a phone, in the dark');
  if (watched === undefined) return;
  const { page, complaints } = watched;
  t.is(await page.locator('script').count(), 2);
  t.is(await page.locator('img, iframe, object, embed, [onerror], [onmouseover], [onclick]').count(), 0);
  const text = z.string().parse(await page.evaluate('document.body.textContent'));
  for (const word of [
    '<script>alert(1)</script>',
    '</script><script>alert(2)</script>',
    '\\x1b[31m',
    '\\u202etxt.exe',
  ]) {
    t.true(text.includes(word), word);
  }
  for (const unseen of ['\u202e', '\u001b', '\u0000']) t.false(text.includes(unseen));
  t.deepEqual(complaints, []);
});

test.serial('failures come first', async (t) => {
  const watched = await open(t, 'failing', 'at a desk, in the light');
  if (watched === undefined) return;
  const first = watched.page.locator('main > section').first();
  t.is(await first.getAttribute('id'), 'failures');
  t.regex((await first.textContent()) ?? '', /qos\.matrix\.p2s1\.v311.*two copies arrived, not one/s);
  t.is(await watched.page.locator('nav a').first().textContent(), 'What failed');
});

test.serial('filters the checks by verdict and by words', async (t) => {
  const watched = await open(t, 'failing', 'at a desk, in the light');
  if (watched === undefined) return;
  const { page } = watched;
  const seen = page.locator('.check:visible');
  const all = await seen.count();
  await page.getByRole('radio', { name: 'known deviation' }).check();
  t.is(await seen.count(), deviationsOf('failing'));
  t.regex((await seen.first().textContent()) ?? '', /acl\.publish\.status\.alice/);
  await page.getByRole('radio', { name: '1 failed' }).check();
  t.regex((await seen.textContent()) ?? '', /qos\.matrix\.p2s1\.v311/);
  await page.getByRole('radio', { name: 'all' }).check();
  t.is(await seen.count(), all);
  await page.getByLabel('with the words').fill('matrix p0s0');
  t.is(await seen.count(), 1);
  await page.getByLabel('with the words').fill('');
  t.is(await seen.count(), all);
});

test.serial('a permalink shows its check, also where it is folded or filtered out', async (t) => {
  const watched = await open(t, 'whole', 'at a desk, in the light', '#check-qos.matrix.p2s1.v311');
  if (watched === undefined) return;
  const { page } = watched;
  const check = page.locator('[id="check-qos.matrix.p2s1.v311"] dl');
  t.true(await check.isVisible());
  await page.getByRole('radio', { name: 'known deviation' }).check();
  t.false(await check.isVisible());
  await page.evaluate('location.hash = ""');
  await page.evaluate('location.hash = "check-qos.matrix.p2s1.v311"');
  await check.waitFor({ state: 'visible' });
  t.true(await page.evaluate('document.activeElement !== null && scrollY > 500'));
});

test.serial('saves the records as they were written', async (t) => {
  const watched = await open(t, 'hostile', 'on a phone, in the dark');
  if (watched === undefined) return;
  const { page, complaints } = watched;
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save records.jsonl' }).click();
  const saved = await download;
  t.is(saved.suggestedFilename(), 'records.jsonl');
  const lines = (await readFile(await saved.path(), 'utf8')).trim().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line)),
    JSON.parse(JSON.stringify(resultsOf('hostile').checks)),
  );
  t.deepEqual(complaints, []);
});

test.serial('saves the raw points of a figure', async (t) => {
  const watched = await open(t, 'whole', 'at a desk, in the light');
  if (watched === undefined) return;
  const { page } = watched;
  const figure = page.locator('#figure-latency-pi');
  await figure.locator('summary').click();
  const download = page.waitForEvent('download');
  await figure.getByRole('button', { name: 'Save as CSV' }).click();
  const [head = '', ...rows] = (await readFile(await (await download).path(), 'utf8')).split('\n');
  t.is(head.split(',').length, 6);
  t.is(rows.length, 200);
});

test.serial('the page computes the ideal keep alive again when an input changes, and resets it', async (t) => {
  const watched = await open(t, 'whole', 'on a phone, in the dark');
  if (watched === undefined) return;
  const { page, complaints } = watched;
  const said = page.locator('#keep-alive-recommended');
  const drawn = page.locator('#figure-keep-alive-delay .drawing');
  const [before, drawnBefore] = [await said.textContent(), await drawn.innerHTML()];
  t.regex(before ?? '', /^56 s is the longest/);
  await page.getByLabel('loss detected within').fill('30');
  t.regex((await said.textContent()) ?? '', /^16 s is the longest/);
  t.not(await drawn.innerHTML(), drawnBefore);
  t.is(await page.locator('#keep-alive-sweep tr.recommended th').textContent(), '16 s ◆');
  const lasts = page.locator('#keep-alive-profiles tbody tr').first().locator('td').nth(6);
  const lastsBefore = await lasts.textContent();
  await page.getByLabel('a wake-up').fill('66');
  t.not(await lasts.textContent(), lastsBefore);
  await page.getByLabel('battery, Wh').fill('');
  t.regex((await said.textContent()) ?? '', /^16 s is the longest/);
  await page.getByRole('button', { name: 'Defaults' }).click();
  await page.waitForFunction(`document.getElementById('keep-alive-recommended').textContent.startsWith('56 s')`);
  t.is(await said.textContent(), before);
  t.is(await drawn.innerHTML(), drawnBefore);
  t.deepEqual(complaints, []);
});

test.serial('without JavaScript everything can be read, and filtered by verdict', async (t) => {
  const watched = await open(t, 'whole', 'on a phone, without JavaScript');
  if (watched === undefined) return;
  const { page } = watched;
  await page.getByRole('radio', { name: 'known deviation' }).check();
  const seen = page.locator('.check:visible');
  t.is(await seen.count(), deviationsOf('whole'));
  await seen.first().locator('summary').click();
  t.true(await seen.first().locator('dl').isVisible());
  t.is(await page.getByRole('button').count(), 0);
});

test.serial('prints without navigation and filter', async (t) => {
  const watched = await open(t, 'whole', 'at a desk, in the light');
  if (watched === undefined) return;
  const { page } = watched;
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  t.false(await page.locator('nav').isVisible());
  t.false(await page.locator('.filter').isVisible());
  t.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
  t.true(await page.locator('figure .drawing').first().isVisible());
});

/** Each look once: it is the same in every run. */
const LOOKS: Readonly<Record<string, Screen>> = {
  failing: 'at a desk, in the light',
  whole: 'on a phone, in the dark',
  empty: 'at a desk, in the light',
  hostile: 'on a phone, in the dark',
};

for (const [run, look] of Object.entries(LOOKS)) {
  test.serial(
    `a ${run} run, ${look}: asks for nothing, complains of nothing, fits the screen, has no lost link, axe finds nothing`,
    async (t) => {
      const watched = await open(t, run, look);
      if (watched === undefined) return;
      const { page, complaints } = watched;
      // the checks look alike: axe takes its time for each
      await unfold(watched, 'details:not(.check), .check:nth-of-type(-n + 2)');
      // its words are others, not what holds them
      if (run !== 'hostile') t.deepEqual(await violations(watched), []);
      t.deepEqual(await lostLinks(watched), []);
      const ids = await idsOf(watched);
      t.deepEqual(ids, [...new Set(ids)]);
      await unfold(watched, 'details');
      t.is(await page.evaluate('document.documentElement.scrollWidth'), SCREENS[look].viewport.width);
      t.deepEqual(await page.locator('.undrawn').allTextContents(), []);
      t.deepEqual(complaints, []);
    },
  );
}
