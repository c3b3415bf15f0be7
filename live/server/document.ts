import { readFileSync } from 'node:fs';

/** The document; script and style sheet come from beside it, and the script gets everything else as events. */
export const DOCUMENT = readFileSync(new URL('../page/index.html', import.meta.url), 'utf8');
