import test from 'ava';
import { fishScript } from '../../../../scripts/completion/fish.ts';
import { wordsOf } from '../../../../scripts/completion/words.ts';
import { wholeProgram } from '../../../../scripts/lab.ts';

// tests/slow/completion.ts runs it

test('fish: a line for each option of each command, for both names of the program', async (t) => {
  const words = wordsOf(await wholeProgram());
  const lines = fishScript(words).split('\n');
  for (const program of ['mqtt-lab', 'lab'])
    for (const { name, options } of words.commands)
      for (const { flag } of options) {
        const begin = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)} `;
        t.true(
          lines.some((line) => line.startsWith(begin)),
          begin,
        );
      }
});

test('fish: escapes quotes and backslashes', (t) => {
  const option = { flag: '--x', summary: "it's \\", value: { kind: 'file' } } as const;
  const text = fishScript({ options: [option], commands: [] });
  t.true(text.includes(String.raw`-l x -d 'it\'s \\' -r -F`), text);
});
