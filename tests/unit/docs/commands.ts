import { readFileSync } from 'node:fs';
import test from 'ava';
import { newHostKeyOption } from '../../../scripts/new-host-keys.ts';
import { COMMANDS } from '../scripts/_commands.ts';
import { blocks, codeSpans, DOCUMENTS, section, textOf } from './_documents.ts';

const optionsOf = new Map(COMMANDS.map((one) => [one.name(), one.options.flatMap(({ long }) => long ?? [])]));

for (const [name, options] of optionsOf) {
  test(`documents the options of ${name}, and no others`, (t) => {
    const words = section('docs/commands.md', `## ${name}`).matchAll(/(?<![\w-])--[a-z][a-z-]*/g);
    t.deepEqual([...new Set([...words].map(([option]) => option))].sort(), options.toSorted());
  });
}

test('documents the commands, and no others', (t) => {
  const headings = [...textOf('docs/commands.md').matchAll(/^## (.+)$/gm)].map(([, name]) => name);
  t.deepEqual(headings, [...optionsOf.keys()]);
  for (const name of optionsOf.keys()) t.regex(section('README.md', '## Commands'), new RegExp(`\`./lab ${name}\``));
});

test('names the commands that take --accept-new-host-keys', (t) => {
  const [sentence = ''] = /^`up`[\s\S]*?log in to hosts/m.exec(textOf('docs/commands.md')) ?? [];
  const named = [...sentence.matchAll(/`([a-z]+)`/g)].map(([, name]) => name);
  const taking = [...optionsOf.keys()].filter((name) => newHostKeyOption(name) !== undefined);
  t.deepEqual(named, taking);
});

/** `./lab …` in code blocks and between backticks, but for patterns such as `./lab ssh [PI]`. */
const lines = DOCUMENTS.flatMap((document) => [
  ...blocks(document, 'sh').flatMap((block) => block.split('\n').map((line) => line.replace(/ +[#>].*$/, ''))),
  ...codeSpans(document),
]).filter((line) => /^\.\/lab [a-z-]/.test(line) && !line.includes('['));

test('there are command lines', (t) => {
  t.true(lines.length > 40);
});

for (const line of new Set(lines)) {
  test(`parses ${line}`, (t) => {
    const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
      ([, one, other, word]) => one ?? other ?? word ?? '',
    );
    const [, name = '', ...rest] = words.map((word) => word.replace(/^[A-Z]+$/, 'name'));
    const command = COMMANDS.find((candidate) => candidate.name() === name);
    t.truthy(command, `there is no command ${name}`);
    // `./lab publish` alone names the command
    if (command === undefined || rest.length === 0) return;
    command.exitOverride().configureOutput({ writeErr: (text) => t.log(text) });
    command.action(() => undefined);
    t.notThrows(() => command.parse(rest, { from: 'user' }));
  });
}

test('every npm script that the documents name is in package.json', (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const names = DOCUMENTS.flatMap((document) => [...textOf(document).matchAll(/npm run ([a-z:]+)/g)]);
  t.true(names.length > 3);
  for (const [line, name = ''] of names) t.true(name in scripts, line);
});
