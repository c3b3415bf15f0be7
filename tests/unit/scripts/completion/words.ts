import test from 'ava';
import { Argument, Command, Option } from 'commander';
import { wordsOf } from '../../../../scripts/completion/words.ts';
import { wholeProgram } from '../../../../scripts/lab.ts';
import { COMMANDS } from '../_commands.ts';

test('has every command with its options, and those of the program', async (t) => {
  const { options, commands } = wordsOf(await wholeProgram());
  t.deepEqual(
    options.map(({ flag }) => flag),
    ['--lab', '--version', '--help'],
  );
  t.deepEqual(
    commands.map(({ name }) => name),
    COMMANDS.map((command) => command.name()),
  );
  for (const [index, command] of COMMANDS.entries()) {
    const flags = commands[index]?.options.map(({ flag }) => flag) ?? [];
    for (const { long } of command.options) t.true(flags.includes(long ?? ''), `${command.name()} ${long}`);
    t.true(flags.includes('--lab') && flags.includes('--help'));
  }
});

test('tells options with a file, a word, a choice and no value apart', (t) => {
  const command = new Command('do')
    .description('Do it. Then more.')
    .addArgument(new Argument('<what>').choices(['this', 'that']))
    .option('--out <file>', 'write; or not')
    .option('--count <n>', 'how many (default: 1)')
    .option('--no-check', 'skip')
    .addOption(new Option('--mode <name>').choices(['a', 'b']));
  const { commands } = wordsOf(new Command('lab').addCommand(command));
  t.deepEqual(commands, [
    {
      name: 'do',
      summary: 'Do it',
      choices: ['this', 'that'],
      options: [
        { flag: '--out', summary: 'write', value: { kind: 'file' } },
        { flag: '--count', summary: 'how many', value: { kind: 'word', name: 'n', choices: [] } },
        { flag: '--no-check', summary: 'skip', value: { kind: 'none' } },
        { flag: '--mode', summary: '', value: { kind: 'word', name: 'name', choices: ['a', 'b'] } },
        { flag: '--help', summary: 'show the help of the command', value: { kind: 'none' } },
      ],
    },
  ]);
});
