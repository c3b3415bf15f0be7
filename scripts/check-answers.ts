import process from 'node:process';
import { Command } from 'commander';
import { painter } from '../base/paint.ts';
import type { LabCommand } from './command.ts';

/** `./lab check-answers`: what a saved live view proves; it contacts no host. */
export function checkAnswers(): LabCommand {
  const command = new Command('check-answers')
    .description(
      'Show which steps of the checkpoint hold by the packets of a saved live view. Contacts no host. Exit code 1 when a step does not hold, or the transcript contradicts itself.',
    )
    .argument('<file>', 'the file that Save of the live view wrote: HTML or JSON')
    .option('--json', 'one JSON object on standard output');
  return {
    command,
    logsIn: false,
    async run() {
      const [file = ''] = command.args;
      const { json = false } = command.opts<{ json?: true }>();
      const [{ readSaved }, { checkSaved }, { answersOutcome }, { outcomeLines }] = await Promise.all([
        import('../live/answers/read-saved.ts'),
        import('../live/checkpoint/check-saved.ts'),
        import('../live/answers/outcome.ts'),
        import('../live/answers/outcome-lines.ts'),
      ]);
      const saved = await readSaved(file);
      const outcome = answersOutcome(saved, checkSaved(saved));
      if (json) console.log(JSON.stringify(outcome));
      else for (const line of outcomeLines(outcome, painter(process.stdout))) console.log(line);
      return outcome.verdict === 'pass' ? 0 : 1;
    },
  };
}
