import test, { type ExecutionContext } from 'ava';
import type { Browser, Locator, Page } from 'playwright-core';
import * as z from 'zod';
import type { LiveEvent } from '../../live/protocol.ts';
import { hop } from '../../probes/mqtt/hop.ts';
import type { QoS } from '../../probes/mqtt/session.ts';
import { openBrowser, openPage, type Watched } from '../lab/support/browser.ts';
import { PORT } from '../lab/support/lab.ts';
import { type LiveView, openLiveView } from '../lab/support/live-view.ts';
import { violations } from '../lab/support/look.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { until } from '../lab/support/until.ts';

const theLab = ownLab('live', {}, { installed: true });
const DESKTOP = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 780 }, colorScheme: 'dark' } as const;
const MANY = 10_000;
const MOST_HEAP_MB = 300;
const SLOW_MS = 120_000;

let browser: Browser | undefined;

test.before(async () => {
  browser = await openBrowser();
});

test.after.always(async () => {
  await browser?.close();
});

test.serial('the lab is up', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
});

/** A live view and its page; undefined where this machine has no Chromium, which is no fault of the page. */
type Opened = AsyncDisposable & { readonly view: LiveView; readonly watched: Watched; readonly page: Page };

async function open(t: ExecutionContext, screen: object = DESKTOP): Promise<Opened | undefined> {
  if (browser === undefined) {
    t.log('nothing was looked at: this machine has neither chromium nor google-chrome');
    t.pass();
    return undefined;
  }
  const view = await openLiveView(theLab());
  const watched = await openPage(browser, view.address, screen);
  return {
    ...{ view, watched, page: watched.page },
    async [Symbol.asyncDispose]() {
      await watched[Symbol.asyncDispose]();
      await view[Symbol.asyncDispose]();
    },
  };
}

const side = (page: Page, name: 'publisher' | 'subscriber') => page.locator(`details.side.${name}`);
const button = (place: Locator | Page, name: string | RegExp) => place.getByRole('button', { name });

async function connect(page: Page, name: 'publisher' | 'subscriber'): Promise<void> {
  await button(side(page, name), 'Connect').click();
  await button(side(page, name), /^Pull the cable/).waitFor();
}

async function publish(page: Page, qos: QoS, payload: string): Promise<void> {
  const form = side(page, 'publisher');
  await form.getByLabel('Payload', { exact: true }).fill(payload);
  await form
    .getByRole('radio', { name: String(qos) })
    .first()
    .check({ force: true });
  await button(form, 'Publish').click();
}

const rowsSchema = z.array(z.object({ seq: z.number(), text: z.string() }));

/** The rows in sight, top to bottom. */
async function rowsOf(page: Page) {
  const rows = await page.evaluate(`[...document.querySelectorAll('.row')]
    .sort((one, other) => one.offsetTop - other.offsetTop)
    .map((row) => ({ seq: Number(row.dataset.seq), text: row.textContent }))`);
  return rowsSchema.parse(rows);
}

/** Packets of deliveries among the events, as the page should draw them. */
function deliveries(events: readonly LiveEvent[], name: 'publisher' | 'subscriber') {
  return events.flatMap((event) =>
    event.is === 'packet' && event.side === name && /^PUB/.test(event.packet.type) ? [event] : [],
  );
}

for (const qos of [0, 1, 2] as const) {
  test.serial(`draws a message of QoS ${qos} as it goes over both hops, packet by packet`, async (t) => {
    await using opened = await open(t);
    if (opened === undefined) return;
    const { page, view, watched } = opened;
    for (const name of ['subscriber', 'publisher'] as const) {
      await side(page, name).getByRole('radio', { name: '3.1.1' }).check({ force: true });
      await connect(page, name);
    }
    await publish(page, qos, 'hello');
    const words = await view.words(new RegExp(`^sam published status at QoS ${qos}`));
    await page.locator(`.row[data-seq="${words.seq}"]`).waitFor();
    const rows = await rowsOf(page);
    for (const name of ['publisher', 'subscriber'] as const) {
      const sent = deliveries(view.events, name);
      t.deepEqual(
        sent.map(({ packet: { direction, type, bytes } }) => ({ direction, type, bytes })),
        hop(name, { qos, topic: 'status', payloadBytes: 5 }),
      );
      for (const { seq, packet } of sent) {
        const drawn = rows.find((row) => row.seq === seq)?.text ?? '';
        t.true(drawn.includes(packet.type) && drawn.includes(`${packet.bytes} B`), drawn);
      }
    }
    t.deepEqual(watched.complaints, []);
  });
}

test.serial('draws the will of a client on the Pi whose cable was pulled, and says why it came', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  const publisher = side(page, 'publisher');
  await publisher.getByLabel('Place').selectOption('pi');
  await publisher.getByLabel('Program').selectOption('paho');
  await button(publisher, 'Keep alive 5 s').click();
  await publisher.getByLabel('last will').check();
  await connect(page, 'subscriber');
  await connect(page, 'publisher');
  await button(publisher, /^Pull the cable/).click();
  const will = await view.packet('subscriber', { type: 'PUBLISH', payload: 'offline' });
  await page.locator(`.row[data-seq="${will.seq}"]`).waitFor();
  const words = await view.words(/last will .* after the last packet/);
  await page.getByText(words.text).first().waitFor();
  await button(publisher, /^Plug the cable in/).click();
  await view.event((event) => event.is === 'tcp' && event.what === 'through', 'the cable');
  t.pass();
});

test.serial('says that the broker acknowledged and dropped what a user may not publish', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  await side(page, 'publisher').getByLabel('User').selectOption('alice');
  // over MQTT 5 the broker says no
  await side(page, 'publisher').getByRole('radio', { name: '3.1.1' }).check({ force: true });
  await side(page, 'subscriber').getByLabel('Filter', { exact: true }).fill('test');
  await connect(page, 'subscriber');
  await connect(page, 'publisher');
  await side(page, 'publisher').getByLabel('Topic', { exact: true }).fill('test');
  await publish(page, 1, 'not allowed');
  const words = await view.words(/acknowledged .* dropped/);
  await page.getByText(words.text).first().waitFor();
  t.pass();
});

test.serial('the clients of Mosquitto on the Pi publish and subscribe as they were started', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  for (const name of ['subscriber', 'publisher'] as const) {
    await side(page, name).getByLabel('Place').selectOption('pi');
    await side(page, name).getByLabel('Program').selectOption('mosquitto');
    await connect(page, name);
  }
  await side(page, 'publisher').getByLabel('Payload', { exact: true }).fill('from the Pi');
  await button(side(page, 'publisher'), 'Publish').click();
  await view.words(/so the broker sent alice a copy at QoS 1/);
  const types = deliveries(view.events, 'subscriber').map(({ packet }) => packet.type);
  t.deepEqual(types, ['PUBLISH', 'PUBACK']);
  await button(side(page, 'publisher'), /^DISCONNECT/).click();
  await view.packet('publisher', { type: 'DISCONNECT' });
});

test.serial('a restart of the broker is asked for, drawn, and ends both clients', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view, watched } = opened;
  await connect(page, 'subscriber');
  await button(page, 'Restart the broker').click();
  await button(page.getByRole('dialog'), 'Cancel').click();
  await button(page, 'Restart the broker').click();
  await button(page.getByRole('dialog'), 'Restart').click();
  await view.event((event) => event.is === 'broker' && event.what === 'running', 'the broker');
  await view.event((event) => event.is === 'state' && event.state === 'ended', 'the end of the subscriber');
  await connect(page, 'subscriber');
  t.is(view.events.filter(({ is }) => is === 'broker').length, 2);
  t.deepEqual(watched.complaints, []);
});

test.serial('a step of the checkpoint asks first, is ticked by its packets, and is saved under a name', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  await button(page, /^2\.2d/).click();
  await page.getByRole('radio', { name: /QoS 0/ }).first().check();
  await button(page, /^(Lock|Send|Predict)/).click();
  await view.event((event) => event.is === 'predicted' && event.step === '2.2d', 'the prediction');
  await side(page, 'subscriber').getByRole('radio', { name: '0', exact: true }).first().check({ force: true });
  await connect(page, 'subscriber');
  await connect(page, 'publisher');
  await publish(page, 2, 'above');
  await view.event((event) => event.is === 'proved' && event.step === '2.2d', 'the proof of 2.2d');
  await button(page, /^✓ 2\.2d/).waitFor();
  await button(page, /^Save/).click();
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await button(page.getByRole('dialog'), 'Save').click();
  const saved = await view.event((event) => event.is === 'saved', 'the files');
  if (saved.is !== 'saved') return t.fail();
  for (const file of [saved.html, saved.json]) {
    const checked = await theLab().run(['check-answers', file]);
    t.is(checked.code, 1, checked.all);
    t.regex(checked.stdout, /2\.2d/);
    t.notRegex(checked.stdout, /contradicts itself/);
  }
});

test.serial('two pages show the same, also after one was loaded again', async (t) => {
  await using opened = await open(t);
  if (opened === undefined || browser === undefined) return;
  const { page, view } = opened;
  await connect(page, 'subscriber');
  await using other = await openPage(browser, view.address, PHONE);
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
