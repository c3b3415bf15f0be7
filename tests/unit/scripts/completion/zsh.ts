import test from 'ava';
import { wordsOf } from '../../../../scripts/completion/words.ts';
import { zshScript } from '../../../../scripts/completion/zsh.ts';
import { wholeProgram } from '../../../../scripts/lab.ts';

// tests/slow/completion.ts runs it

test('zsh: a line for each command, with its options', async (t) => {
  const words = wordsOf(await wholeProgram());
  const lines = zshScript(words).split('\n');
  t.is(lines[0], '#compdef mqtt-lab lab');
  for (const { name, options } of words.commands) {
    const own = lines.find((line) => line.trim().startsWith(`${name}) _arguments `)) ?? '';
    for (const { flag } of options) t.true(own.includes(`'${flag}[`), `${name} ${flag}`);
  }
});

test('zsh: escapes what _arguments and its quotes would read', (t) => {
  const option = { flag: '--x', summary: "a: [b] \\ it's", value: { kind: 'file' } } as const;
  const text = zshScript({ options: [option], commands: [] });
  t.true(text.includes(String.raw`'--x[a\: \[b\] \\ it'\''s]:file:_files'`), text);
});
