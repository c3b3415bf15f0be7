import { printable } from '../../base/paint.ts';

/** Characters that mean something to Markdown inside a line, HTML's and those of GitHub's formulas included. */
const SPECIAL = /[\\`*_[\]<>&|~$!]|:(?=\/\/)/g;

/** A text from a host or a lab file as Markdown that shows it as it is: one line, without links, mentions and HTML. */
export function escaped(text: string): string {
  const line = printable(text).replaceAll(/\s+/g, ' ').trim();
  return (
    line
      .replaceAll(SPECIAL, '\\$&')
      .replaceAll(/\bwww\./gi, 'www\\.')
      // GitHub looks for @user and #1 in the rendered text; a zero-width space hides them
      .replaceAll(/[@#]/g, '$&&#8203;')
  );
}

/** A name or a value in backticks (CommonMark 6.1): between more of them than it holds in a row. */
export function code(text: string): string {
  const line = printable(text).replaceAll(/\s+/g, ' ');
  const fence = '`'.repeat(longestRun(line) + 1);
  // one space at each end is not shown
  const space = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return line.trim() === '' ? '(empty)' : `${fence}${space}${line}${space}${fence}`;
}

/** A text of several lines as a code block (CommonMark 4.5). */
export function codeBlock(text: string): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}text`, ...printable(text).split('\n'), fence];
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
