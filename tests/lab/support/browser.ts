import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where Debian, Ubuntu and Google put it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/google-chrome'];
/** It asks nobody for anything, and runs as root too; a file is opened, so that its sandbox is not needed. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export function hasBrowser(): boolean {
  return PLACES.some((place) => existsSync(place));
}

/** This machine's Chromium, with a profile of its own that goes with it; undefined where there is none. */
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = PLACES.find((place) => existsSync(place));
  return executablePath === undefined ? undefined : await chromium.launch({ executablePath, args: ARGUMENTS });
}

/** A page with what it did that a report must not: complaints, errors, dialogs, and requests for anything but itself. */
export type Watched = AsyncDisposable & { readonly page: Page; readonly complaints: readonly string[] };

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  page.on('request', (request) => {
    // a live view is served with its own script, style sheet and events
    const isBeside = url.endsWith('/') && request.url().startsWith(url);
    const isOwn = request.url() === url || isBeside || /^(data|blob):/.test(request.url());
    if (!isOwn) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}
