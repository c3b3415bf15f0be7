import { textFile } from '../text-file.ts';

/** The colours that all pages share, on light and dark screens; on paper they are the light ones. */
export const COLOURS = textFile('colours.css', import.meta.url);
