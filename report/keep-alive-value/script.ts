import { readFileSync } from 'node:fs';

/** In an order in which each finds what it needs. */
const PARTS = ['./model.js', './text.js', './drawing.js', './in-page.js'];

/** The model and what shows it as one script for the page: modules need a server, and names of its own keep it apart from the page's other scripts. */
export function valueScript(): string {
  const parts = PARTS.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'));
  return `(() => {\n${parts.map(withoutModules).join('')}})();\n`;
}

function withoutModules(source: string): string {
  return source.replace(/^import [^;]*;\n/gm, '').replace(/^export (?=const|function)/gm, '');
}
