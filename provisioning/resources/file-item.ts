import { structuredPatch } from 'diff';
import { type FoundFile, fileDifference, type WantedFile } from './files.ts';
import type { Item } from './resource.ts';

const CONTEXT_LINES = 2;
/** A file in that place may have any size, and lines of any length. */
const MOST_LINES = 60;
const MOST_COLUMNS = 300;
/** How far two files may differ for a diff: its cost grows with the square. */
const MOST_EDITS = 400;

/**
 * A file's line of the plan: what differs, with a diff of its content.
 * @param instead what stands in the file's place and is not a regular file
 */
export function fileItem(found: FoundFile | undefined, wanted: WantedFile, instead?: string): Item {
  const item = { kind: 'file', name: wanted.path };
  const difference = fileDifference(found, wanted);
  if (difference === undefined) return { ...item, action: 'unchanged' };
  const action = found === undefined && instead === undefined ? 'create' : 'change';
  const detail = instead === undefined ? difference : `is a ${instead}`;
  const diff = contentDiff(found?.content ?? '', wanted);
  return { ...item, action, detail, ...(diff === '' ? {} : { diff }) };
}

/** The hunks of a unified diff; a line that differs only in its secret appears twice, masked. */
function contentDiff(found: string, { path, content, mask = (line) => line }: WantedFile): string {
  const limits = { context: CONTEXT_LINES, maxEditLength: MOST_EDITS };
  const patch = structuredPatch(path, path, found, content, '', '', limits) ?? replaced(found, content);
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines.map((line) => (line.startsWith('\\') ? line : cut(`${line.slice(0, 1)}${mask(line.slice(1))}`))),
  ]);
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`… ${more} more lines`] : [])].join('\n');
}

/** Two files with almost nothing in common: the wanted one first, since the found one may be long. */
function replaced(found: string, content: string): { hunks: readonly Hunk[] } {
  const [before, after] = [linesOf(found), linesOf(content)];
  const lines = [...after.map((line) => `+${line}`), ...before.map((line) => `-${line}`)];
  return { hunks: [{ oldStart: 1, oldLines: before.length, newStart: 1, newLines: after.length, lines }] };
}

type Hunk = Pick<
  ReturnType<typeof structuredPatch>['hunks'][number],
  'oldStart' | 'oldLines' | 'newStart' | 'newLines' | 'lines'
>;

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function cut(line: string): string {
  return line.length > MOST_COLUMNS ? `${line.slice(0, MOST_COLUMNS)}…` : line;
}
