import type { ErrorCode } from 'yaml';

const QUOTE = 'quote text that holds one of : # { } [ ] , & * ! | > \' " % @ `';

/** Messages for the frequent errors: the parser's own quote the file, which may hold a password. */
const TEXTS: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: `an alias (*) without its anchor (&); ${QUOTE}`,
  BAD_DQ_ESCAPE: 'an unknown escape in a double-quoted text; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'the indentation does not fit; entries of one mapping or list start in the same column',
  BAD_SCALAR_START: `text starts with a character that YAML reserves; ${QUOTE}`,
  BLOCK_AS_IMPLICIT_KEY: `a second "key:" on the same line; a line holds one, or { } around several (${QUOTE})`,
  MISSING_CHAR: `something is missing, a closing quote or bracket, a comma or a colon; ${QUOTE}`,
  MULTILINE_IMPLICIT_KEY: 'a line without "key:"; every line of a mapping has the form "key: value"',
  MULTIPLE_DOCS: 'a second YAML document (---); one document is allowed',
  TAB_AS_INDENT: 'a tab indents the line; spaces are allowed',
  TAG_RESOLVE_FAILED: `an unknown tag (!); ${QUOTE}`,
};

/** What YAML could not read, and what to write instead, without any of the file's text. */
export function describeSyntaxError(code: ErrorCode): string {
  return `the file is not valid YAML: ${TEXTS[code] ?? `unexpected text here; ${QUOTE}`}`;
}
