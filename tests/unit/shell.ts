import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';

const MOST_LINES = 5;
const FOLDERS = readdirSync('.', { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() && !/^\.|^(node_modules|dist)$/.test(entry.name) ? [entry.name] : [],
);
const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
);
const MODULES = FILES.filter((file) => file.endsWith('.ts'));
const SCRIPTS = FILES.filter((file) => file.endsWith('.sh'));

/** What can hide a quote, a backtick or a brace; a slash after one of these characters begins a regular expression. */
const TOKEN =
  /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[(,=:[!&|?{};>]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/|[`{}]/g;

/** The template strings of a module, also those within others. */
function templatesOf(source: string): string[] {
  const templates: string[] = [];
  /** Scans code up to the brace that closes it; returns where it ends. */
  const code = (from: number): number => {
    const token = new RegExp(TOKEN);
    token.lastIndex = from;
    for (let depth = 0; ; ) {
      const [text] = token.exec(source) ?? [];
      if (text === undefined || (text === '}' && depth === 0))
        return text === undefined ? source.length : token.lastIndex;
      if (text === '{' || text === '}') depth += text === '{' ? 1 : -1;
      if (text === '`') token.lastIndex = template(token.lastIndex);
    }
  };
  const template = (from: number): number => {
    const token = /\\[\s\S]|`|\$\{/g;
    token.lastIndex = from;
    for (;;) {
      const [text] = token.exec(source) ?? [];
      if (text === '${') token.lastIndex = code(token.lastIndex);
      if (text !== '`' && text !== undefined) continue;
      templates.push(source.slice(from, token.lastIndex - 1));
      return text === undefined ? source.length : token.lastIndex;
    }
  };
  code(0);
  return templates;
}

const lines = (text: string) => text.split('\n').length;

test('finds template strings among quotes, comments and regular expressions', (t) => {
  const source = '// `a\nx(\'`\', /[`/]/) + `b ${y({ z: `c\n` })}\n` + "`" /* ` */ + `d\\`\n`;';
  t.deepEqual(templatesOf(source), ['c\n', 'b ${y({ z: `c\n` })}\n', 'd\\`\n']);
});

test(`shell of more than ${MOST_LINES} lines is a .sh file: no longer template string in the product`, (t) => {
  const product = MODULES.filter((file) => !file.startsWith('tests/'));
  t.true(product.length > 200);
  const long = product.flatMap((file) => {
    const templates = templatesOf(readFileSync(file, 'utf8')).filter((text) => lines(text) > MOST_LINES);
    return templates.map((text) => `${file}: ${text.slice(0, 60)}`);
  });
  t.deepEqual(long, []);
});

test('each .sh file is sent by a module beside it', (t) => {
  t.true(SCRIPTS.length > 20);
  const unused = SCRIPTS.filter((script) => {
    const beside = MODULES.filter((file) => path.dirname(file) === path.dirname(script));
    return !beside.some((file) => readFileSync(file, 'utf8').includes(`'${path.basename(script)}'`));
  });
  t.deepEqual(unused, []);
});
