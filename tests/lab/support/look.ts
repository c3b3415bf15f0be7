import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Watched } from './browser.ts';

const AXE = new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url);
const axeSchema = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

const LOST_LINKS = `[...document.querySelectorAll('a[href]')]
  .map((link) => link.getAttribute('href'))
  .filter((to) => !to.startsWith('#') || document.getElementById(decodeURIComponent(to.slice(1))) === null)`;
const IDS = `[...document.querySelectorAll('[id]')].map(({ id }) => id)`;

/** Opens what is folded. */
export async function unfold({ page }: Watched, selector: string): Promise<void> {
  await page.evaluate(`for (const folded of document.querySelectorAll('${selector}')) folded.open = true`);
}

/** What axe-core finds, a line each. */
export async function violations({ page }: Watched): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const found = axeSchema.parse(await page.evaluate('axe.run({ resultTypes: ["violations"] })'));
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Links of the page that lead nowhere in it. */
export async function lostLinks({ page }: Watched): Promise<unknown> {
  return await page.evaluate(LOST_LINKS);
}

export async function idsOf({ page }: Watched): Promise<string[]> {
  return z.array(z.string()).parse(await page.evaluate(IDS));
}
