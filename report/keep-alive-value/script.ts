import { readFileSync } from 'node:fs';

/** Each after those that it needs. */
const PARTS = ['./model.js', './text.js', './drawing.js', './in-page.js'];

/** Model and display as one script in a scope of its own: modules would need a server. */
export function valueScript(): string {
  const parts = PARTS.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'));
  return `(() => {\n${parts.map(withoutModules).join('')}})();\n`;
}

function withoutModules(source: string): string {
  return source.replace(/^import [^;]*;\n/gm, '').replace(/^export (?=const|function)/gm, '');
}
