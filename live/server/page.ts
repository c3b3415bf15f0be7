import { readFileSync } from 'node:fs';
import script from '../page/main.tsx?browser';

/** The page's script, which loads nothing. */
export const PAGE = script;

/** In the order of the cascade: what a small screen changes comes last. */
const FILES = ['style', 'controls', 'sides', 'diagram', 'rows', 'panels', 'narrow'] as const;

/** The page's style sheet. */
export const STYLE = FILES.map((name) => readFileSync(new URL(`../page/${name}.css`, import.meta.url), 'utf8')).join(
  '',
);
