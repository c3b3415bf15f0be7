import type { Saved } from '../protocol.ts';

const BEGIN = '<script type="application/json" id="saved">';
const END = '</script>';

/** A saved live view as a script element that runs nothing; its text has no tag, and no character outside of ASCII. */
export function embeddedScript(saved: Saved): string {
  const json = JSON.stringify(saved).replaceAll(
    /[<\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${BEGIN}${json}${END}`;
}

/** The JSON in a page; undefined where it has none. */
export function embeddedIn(html: string): string | undefined {
  const [, after] = html.split(BEGIN);
  return after?.split(END)[0];
}
