import test from 'ava';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import { PORT } from '../lab/support/lab.ts';
import { button, connect, DESKTOP, livePages, PHONE, publish, rowsOf, side } from '../lab/support/live-page.ts';
import { violations } from '../lab/support/look.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { until } from '../lab/support/until.ts';

const theLab = ownLab('live', {}, { installed: true });
const open = livePages(theLab);
const MANY = 10_000;
const MOST_HEAP_MB = 300;
const SLOW_MS = 120_000;

test.serial('the lab is up', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
});

test.serial('two pages show the same, also after one was loaded again', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view, another } = opened;
  await connect(page, 'subscriber');
  await using other = await another(PHONE);
  const seq = view.events.findLast(({ is }) => is === 'packet')?.seq ?? 0;
  await other.page.locator(`.row[data-seq="${seq}"]`).waitFor();
  await page.reload();
  await page.locator(`.row[data-seq="${seq}"]`).waitFor();
  const sight = async (one: Page) => (await rowsOf(one)).find((row) => row.seq === seq)?.text;
  t.is(await sight(page), await sight(other.page));
  t.true(view.events.every((event) => event.is !== 'state' || event.state !== 'ended'));
});

test.serial('foreign text stays text', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view, watched } = opened;
  const hostile = '<img src=x onerror=alert(1)>"\'\u202etxt';
  await connect(page, 'subscriber');
  await connect(page, 'publisher');
  await publish(page, 0, hostile);
  const arrived = await view.packet('subscriber', { type: 'PUBLISH', payload: hostile });
  await page.locator(`.row[data-seq="${arrived.seq}"]`).click();
  await page.getByRole('region', { name: 'Details' }).getByText('onerror').first().waitFor();
  t.is(await page.locator('img, iframe, object, [onerror]').count(), 0);
  t.deepEqual(watched.complaints, []);
});

test.serial('the keyboard alone connects, publishes, and reads a packet', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  const press = async (name: RegExp) => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = z.string().parse(await page.evaluate('document.activeElement?.textContent ?? ""'));
      const isButton = await page.evaluate('document.activeElement?.tagName === "BUTTON"');
      if (isButton === true && name.test(focused)) return await page.keyboard.press('Enter');
    }
    throw new Error(`Tab reaches no button ${name}`);
  };
  await press(/^Connect/);
  await view.packet('publisher', { type: 'CONNACK' });
  await button(side(page, 'publisher'), 'Publish').waitFor();
  await page.evaluate('document.activeElement.blur()');
  await press(/^Publish$/);
  const { seq } = await view.packet('publisher', { type: 'PUBLISH' });
  await page.getByRole('listbox').focus();
  await page.keyboard.press('Home');
  await until('the PUBLISH in the details', 20_000, async () => {
    const chosen = await page.locator('.row[aria-selected="true"]').getAttribute('data-seq');
    if (chosen === String(seq)) return true;
    await page.keyboard.press('ArrowDown');
    return undefined;
  });
  await page.getByRole('region', { name: 'Details' }).getByText('PUBLISH').first().waitFor();
  t.pass();
});

for (const [name, screen] of Object.entries({ 'at a desk': DESKTOP, 'on a phone in the dark': PHONE })) {
  test.serial(`axe-core finds nothing ${name}, and nothing is wider than the screen`, async (t) => {
    await using opened = await open(t, screen);
    if (opened === undefined) return;
    const { page, view, watched } = opened;
    for (const folded of ['publisher', 'subscriber'] as const) {
      const isOpen = await side(page, folded).getAttribute('open');
      if (isOpen === null) await side(page, folded).locator('summary').first().click();
      await connect(page, folded);
    }
    await publish(page, 2, 'hello');
    await view.words(/^sam published/);
    t.deepEqual(await violations(watched), []);
    t.true(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
    t.deepEqual(watched.complaints, []);
  });
}

test.serial(`${MANY} packets leave the page small, and it still draws the newest`, async (t) => {
  t.timeout(2 * SLOW_MS);
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  await connect(page, 'subscriber');
  await connect(page, 'publisher');
  await side(page, 'publisher').getByLabel('Messages a second').fill('200');
  await side(page, 'publisher').getByRole('radio', { name: '1' }).first().check({ force: true });
  await button(side(page, 'publisher'), /^Repeat/).click();
  const packets = () => view.events.reduce((sum, { is }) => sum + (is === 'packet' ? 1 : 0), 0);
  await until(`${MANY} packets`, SLOW_MS, () => (packets() >= MANY ? true : undefined));
  await button(side(page, 'publisher'), /^Stop/).click();
  await view.event((event) => event.is === 'rate' && event.perSecond === 0, 'the end of the rate');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  t.log(`${packets()} packets, ${(usedSize / 1e6).toFixed(0)} MB of heap`);
  t.true(usedSize < MOST_HEAP_MB * 1e6, `${usedSize}`);
  await publish(page, 0, 'the last one');
  const last = await view.packet('subscriber', { type: 'PUBLISH', payload: 'the last one' });
  await page.locator(`.row[data-seq="${last.seq}"]`).waitFor();
  t.true((await page.locator('.row').count()) < 200);
});

/** Established TCP connections to the broker, by its container's kernel. */
async function connectionsOfBroker(): Promise<number> {
  const table = await theLab().container('broker').shell('cat /proc/net/tcp /proc/net/tcp6');
  const [port, ESTABLISHED] = [PORT.toString(16).toUpperCase(), '01'];
  return table.match(new RegExp(`:${port} \\S+ ${ESTABLISHED} `, 'g'))?.length ?? 0;
}

test.serial('the clients end when the last page is closed, and not when it is loaded again', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  await connect(page, 'subscriber');
  view.leave();
  await page.reload();
  await button(side(page, 'subscriber'), /^Pull the cable/).waitFor();
  t.is(await connectionsOfBroker(), 1);
  await page.close();
  await until('the end of the client', 30_000, async () => ((await connectionsOfBroker()) === 0 ? true : undefined));
});
