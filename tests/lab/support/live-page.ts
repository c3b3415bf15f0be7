import test, { type ExecutionContext } from 'ava';
import type { Browser, Locator, Page } from 'playwright-core';
import * as z from 'zod';
import type { Side } from '../../../live/protocol.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import { openBrowser, openPage, type Watched } from './browser.ts';
import type { TestLab } from './lab.ts';
import { type LiveView, openLiveView } from './live-view.ts';

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 780 }, colorScheme: 'dark' } as const;

/** A live view and its page. */
export type LivePage = AsyncDisposable & {
  readonly view: LiveView;
  readonly watched: Watched;
  readonly page: Page;
  /** Opens the view in one more page. */
  another(screen: object): Promise<Watched>;
};

/** Undefined where this machine has no Chromium, which is no fault of the page. */
export type OpenLivePage = (t: ExecutionContext, screen?: object) => Promise<LivePage | undefined>;

/** Gives a test file a browser of its own, and opens live views of its lab there. */
export function livePages(lab: () => TestLab): OpenLivePage {
  let browser: Browser | undefined;
  test.before(async () => {
    browser = await openBrowser();
  });
  test.after.always(async () => {
    await browser?.close();
  });
  return async (t, screen = DESKTOP) => {
    if (browser === undefined) {
      t.log('nothing was looked at: this machine has neither chromium nor google-chrome');
      t.pass();
      return undefined;
    }
    const chromium = browser;
    const view = await openLiveView(lab());
    const another = (other: object) => openPage(chromium, view.address, other);
    const watched = await another(screen);
    return {
      ...{ view, watched, page: watched.page, another },
      async [Symbol.asyncDispose]() {
        await watched[Symbol.asyncDispose]();
        await view[Symbol.asyncDispose]();
      },
    };
  };
}

export const side = (page: Page, name: Side) => page.locator(`details.side.${name}`);
export const button = (place: Locator | Page, name: string | RegExp) => place.getByRole('button', { name });

export async function connect(page: Page, name: Side): Promise<void> {
  await button(side(page, name), 'Connect').click();
  await button(side(page, name), /^Pull the cable/).waitFor();
}

export async function publish(page: Page, qos: QoS, payload: string): Promise<void> {
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
export async function rowsOf(page: Page) {
  const rows = await page.evaluate(`[...document.querySelectorAll('.row')]
    .sort((one, other) => one.offsetTop - other.offsetTop)
    .map((row) => ({ seq: Number(row.dataset.seq), text: row.textContent }))`);
  return rowsSchema.parse(rows);
}
