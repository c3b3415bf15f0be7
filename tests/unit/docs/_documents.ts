import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The documents that speak of the code as it is; CHANGELOG.md speaks of earlier versions. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
];

export function textOf(document: string): string {
  return readFileSync(document, 'utf8');
}

/** The text below a heading, down to the next heading of any level. */
export function section(document: string, heading: string): string {
  const [, after = ''] = textOf(document).split(`\n${heading}\n`);
  return after.split(/^#+ /m)[0] ?? '';
}

/** What stands in the document's code blocks of this language. */
export function blocks(document: string, language: string): string[] {
  return [...textOf(document).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
}

/** The document without its code blocks. */
export function prose(document: string): string {
  return textOf(document).replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** What stands between backticks, outside of code blocks. */
export function codeSpans(document: string): string[] {
  return [...prose(document).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
}
