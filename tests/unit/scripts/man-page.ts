import { readFileSync } from 'node:fs';
import test from 'ava';
import { Command } from 'commander';
import { EXIT_CODES, wholeProgram } from '../../../scripts/lab.ts';
import { manPage } from '../../../scripts/man-page.ts';
import { COMMANDS } from './_commands.ts';

/** Without the escapes of roff. */
const plain = (text: string) => text.replaceAll('\\-', '-').replaceAll('\\&', '');

test('man/mqtt-lab.1 is up to date (npm run man)', async (t) => {
  t.is(readFileSync('man/mqtt-lab.1', 'utf8'), manPage(await wholeProgram(), EXIT_CODES.trim()));
});

test('explains every command with its options, and the exit codes', async (t) => {
  const text = plain(readFileSync('man/mqtt-lab.1', 'utf8'));
  const sections = text.split(/^\.SS /m);
  for (const command of COMMANDS) {
    const own = sections.find((section) => section.startsWith(`${command.name()} `)) ?? '';
    for (const { flags } of command.options) t.true(own.includes(`\n.B ${flags}\n`), `${command.name()} ${flags}`);
  }
  t.deepEqual(
    [...text.matchAll(/^\.TP\n\.B (\d+)$/gm)].map(([, code]) => code),
    ['0', '1', '2', '130'],
  );
});

test('no text of the help is a request of roff', (t) => {
  const command = new Command('x').description(".SH it's\n\\fB `a` ~ ^").option('--a <b>', "'quoted'");
  const lines = manPage(new Command('lab').addCommand(command), '0 success').split('\n');
  t.true(lines.includes(String.raw`\&.SH it\(aqs \efB \(gaa\(ga \(ti \(ha`));
  t.true(lines.includes(String.raw`\(aqquoted\(aq`));
});
