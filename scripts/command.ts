import type { Command } from 'commander';
import type { Context } from './context.ts';

/** Runs a command and gives its exit code. */
export type RunCommand = (context: Context, command: Command) => Promise<number>;

/** A command of `./lab`: its command line, and what it does. */
export type LabCommand = {
  readonly command: Command;
  readonly run: RunCommand;
  /** False for a command that connects as no MQTT user: it works without their passwords. */
  readonly logsIn?: false;
  /** True for a command whose first argument is a Pi, for which it makes a card. */
  readonly makesCard?: true;
  /** True for a command that runs until Ctrl-C, and so succeeds with it. */
  readonly endsWithInterrupt?: true;
};
