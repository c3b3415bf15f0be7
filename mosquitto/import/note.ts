/** A line of a file on the broker host; without a line, the file as a whole. */
export type Place = { readonly file: string; readonly line?: number };

/** Something that lab.yaml cannot say. */
export type Note = Place & { readonly text: string };

export function noteAt({ file, line }: Place, text: string): Note {
  return line === undefined ? { file, text } : { file, line, text };
}

/** `/etc/mosquitto/acl:12: what lab.yaml cannot say`. */
export function noteText({ file, line, text }: Note): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${text}`;
}

export type SourceFile = { readonly path: string; readonly text: string };

export type SourceLine = Required<Place> & { readonly text: string };

/** The lines that are neither empty nor a comment. Mosquitto knows comments at the start of a line only. */
export function linesOf({ path, text }: SourceFile): SourceLine[] {
  return text
    .split('\n')
    .map((line, index) => ({ file: path, line: index + 1, text: line.trimEnd() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
}
