import { structuredPatch } from 'diff';
import { type FoundFile, fileDifference, type WantedFile } from './files.ts';
import type { Item } from './resource.ts';

const CONTEXT_LINES = 2;
/** A file that somebody has put in the place may be of any size. */
const MOST_LINES = 60;

/** A file's line of the plan: what is not as wanted about it, with the difference of its content. */
export function fileItem(found: FoundFile | undefined, wanted: WantedFile): Item {
  const item = { kind: 'file', name: wanted.path };
  const difference = fileDifference(found, wanted);
  if (difference === undefined) return { ...item, action: 'keep' };
  const action = found === undefined ? 'create' : 'change';
  const diff = contentDiff(found?.content ?? '', wanted);
  return { ...item, action, ...(found === undefined ? {} : { detail: difference }), ...(diff === '' ? {} : { diff }) };
}

/** The hunks of a unified diff, from what is there to what is wanted; a line that differs in its secret alone is there twice, masked. */
function contentDiff(found: string, { path, content, mask = (line) => line }: WantedFile): string {
  const { hunks } = structuredPatch(path, path, found, content, '', '', { context: CONTEXT_LINES });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${rangeOf(oldStart, oldLines)} +${rangeOf(newStart, newLines)} @@`,
    ...lines.map((line) => `${line.slice(0, 1)}${mask(line.slice(1))}`),
  ]);
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`… ${more} more lines`] : [])].join('\n');
}

/** As diff(1) has it: of no lines, the line after which they would be. */
function rangeOf(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}
