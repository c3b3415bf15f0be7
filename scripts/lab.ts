import { setMaxListeners } from 'node:events';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { PROGRAM } from '../base/called-as.ts';
import { InputError, LabError } from '../base/errors.ts';
import { painter } from '../base/paint.ts';
import manifest from '../package.json' with { type: 'json' };
import { failureJson } from '../records/results.ts';
import { errorText } from '../terminal/outcome-lines.ts';
import type { LabCommand } from './command.ts';
import { labFileOf, openContext } from './context.ts';
import { newHostKeyOption } from './new-host-keys.ts';

const LOADERS = {
  init: async () => (await import('./init.ts')).init(),
  up: async () => (await import('./up.ts')).up(),
  plan: async () => (await import('./plan.ts')).plan(),
  verify: async () => (await import('./verify.ts')).verify(),
  report: async () => (await import('./report.ts')).report(),
  compare: async () => (await import('./compare.ts')).compare(),
  live: async () => (await import('./live.ts')).live(),
  'check-answers': async () => (await import('./check-answers.ts')).checkAnswers(),
  status: async () => (await import('./status.ts')).status(),
  ssh: async () => (await import('./ssh.ts')).ssh(),
  publish: async () => (await import('./publish.ts')).publish(),
  subscribe: async () => (await import('./subscribe.ts')).subscribe(),
  import: async () => (await import('./import.ts')).importCommand(),
  image: async () => (await import('./image.ts')).image(),
  down: async () => (await import('./down.ts')).down(),
  completion: async () => (await import('./completion.ts')).completion(),
} satisfies Record<string, () => Promise<LabCommand>>;

const INTERRUPTED = 130;

/** `./lab`: runs a command and gives its exit code. No error reaches the user as a stack trace. */
export async function main(args: string[]): Promise<number> {
  const interrupt = new AbortController();
  // each host has a listener
  setMaxListeners(0, interrupt.signal);
  const onSignal = () => (interrupt.signal.aborted ? process.exit(INTERRUPTED) : interrupt.abort());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  // a reader that goes away, such as `head`, does not end the work
  process.stdout.on('error', () => undefined);
  try {
    return await dispatch(args, interrupt.signal);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // a command prints its object last, so standard output is still empty
    if (wantsJson(args)) process.stdout.write(`${JSON.stringify(failureJson(error))}\n`);
    if (error instanceof CommanderError) return 2;
    process.stderr.write(`${errorText(error, painter(process.stderr))}\n`);
    if (interrupt.signal.aborted) return INTERRUPTED;
    return error instanceof LabError || error instanceof InputError ? error.exitCode : 2;
  }
}

async function dispatch(args: string[], signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  // loads only the module of the command, except where all are shown
  const wanted = Object.entries(LOADERS).filter(([name]) => args.includes(name));
  const showsAll = wanted.length === 0 || args.includes('help') || args.includes('completion');
  const { program, commands } = await openProgram(showsAll ? Object.entries(LOADERS) : wanted);
  for (const { command, run, logsIn, makesCard, endsWithInterrupt = false } of commands) {
    command.action(async () => {
      const { acceptNewHostKeys: acceptsNewHostKeys = false } = command.opts<{ acceptNewHostKeys?: true }>();
      const context = openContext(labFileOf(command), signal, {
        ...{ logsIn: logsIn !== false, cardOf: makesCard === true ? command.args[0] : undefined },
        acceptsNewHostKeys,
      });
      const code = await run(context, command);
      exitCode = signal.aborted && !endsWithInterrupt ? INTERRUPTED : code;
    });
  }
  await program.parseAsync(args, { from: 'user' });
  return exitCode;
}

/** The program with these commands, and the commands without their actions. */
async function openProgram(loaders: readonly (readonly [name: string, load: () => Promise<LabCommand>])[]) {
  const program = new Command(PROGRAM)
    .description('Build the MQTT lab that lab.yaml describes, and prove with real MQTT traffic that it works.')
    .option('--lab <file>', 'lab file (default: "lab.yaml")')
    .version(manifest.version, '--version', 'print the version')
    .enablePositionalOptions()
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  const commands: LabCommand[] = [];
  for (const [, load] of loaders) {
    const loaded = await load();
    const { command } = loaded;
    command.option('--lab <file>', 'lab file (default: "lab.yaml")').exitOverride();
    const newHostKeys = newHostKeyOption(command.name());
    if (newHostKeys !== undefined) command.addOption(newHostKeys);
    program.addCommand(command);
    commands.push(loaded);
  }
  return { program, commands };
}

/** The program with all commands, to describe it. */
export async function wholeProgram(): Promise<Command> {
  return (await openProgram(Object.entries(LOADERS))).program;
}

/** Whether standard output is to be a JSON object; the `--json` of `ssh` belongs to the remote command. */
export function wantsJson(args: readonly string[]): boolean {
  const name = args.find((arg, index) => args[index - 1] !== '--lab' && Object.hasOwn(LOADERS, arg));
  return (
    args.includes('--json') &&
    ['up', 'plan', 'verify', 'report', 'compare', 'check-answers', 'status'].includes(name ?? '')
  );
}

export const EXIT_CODES = `
Exit codes: 0 success; 1 something does not match the lab file; 2 the command could not run; 130 interrupted.`;
