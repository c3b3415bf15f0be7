import { COLOURS } from '../../base/html/colours.ts';
import { textFile } from '../../base/text-file.ts';
import script from '../page/main.tsx?browser';

/** The page's script, which loads nothing. */
export const PAGE = script;

/** In the order of the cascade: what a small screen changes comes last. */
const FILES = ['style', 'controls', 'sides', 'diagram', 'rows', 'panels', 'narrow'] as const;

/** The page's style sheet. */
export const STYLE = [COLOURS, ...FILES.map((name) => textFile(`../page/${name}.css`, import.meta.url))].join('');
