import process from 'node:process';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours a text for a stream: only on a terminal, never with NO_COLOR (no-color.org). */
export type Paint = (style: Style, text: string) => string;

export function painter(stream: { isTTY?: boolean }): Paint {
  const coloured = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  // the stream was judged above; styleText would judge standard output
  return coloured ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** `0.4 s`, `83 s`; milliseconds in. */
export function seconds(ms: number): string {
  return `${ms < 9_950 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;
}

/** A text from a host, safe to show: control characters, escape sequences among them, become visible. */
export function printable(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
