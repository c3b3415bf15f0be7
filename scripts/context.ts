import type { Command } from 'commander';
import type Docker from 'dockerode';
import { CALLED_AS } from '../base/called-as.ts';
import { LabError } from '../base/errors.ts';
import { askLine, canAsk } from '../base/prompt.ts';
import { containerNames } from '../deployment/containers.ts';
import type { LiveBroker, LiveLab } from '../deployment/live-lab.ts';
import { liveBroker, locate, locateContainers } from '../deployment/locate.ts';
import type { Lab } from '../lab-file/lab.ts';
import { readLab } from '../lab-file/read.ts';
import type { Container } from '../provisioning/docker/container-state.ts';
import { type EngineLookup, findEngine } from '../provisioning/docker/engine.ts';
import { acceptNewHostKeys } from './new-host-keys.ts';

/** What every command gets: its lab file, and a signal for Ctrl-C. */
export type Context = {
  readonly signal: AbortSignal;
  lab(): Lab;
  /** The engine of the lab's containers; undefined for a lab without containers. Never installs one. */
  engine(): Promise<Docker | undefined>;
  machines(): Promise<ReadonlyMap<string, Container>>;
  live(): Promise<LiveLab>;
  /** The broker alone: works while a Pi is stopped. */
  broker(): Promise<LiveBroker>;
};

const DEFAULT_LAB_FILE = 'lab.yaml';

export type ContextOptions = {
  /** False: the lab comes without its users, so that a missing password is no mistake. */
  readonly logsIn: boolean;
  /** The Pi for which the command makes a card; it needs the passwords of this Pi and of its Wi-Fi. */
  readonly cardOf?: string | undefined;
  /** Whether unknown host keys are accepted without asking. */
  readonly acceptsNewHostKeys: boolean;
};

export function openContext(file: string, signal: AbortSignal, options: ContextOptions): Context {
  let lab: Lab | undefined;
  const context: Context = {
    signal,
    lab() {
      if (lab === undefined) {
        const written = readLab(file, { logsIn: options.logsIn, cardOf: options.cardOf });
        lab = options.acceptsNewHostKeys ? acceptNewHostKeys(written) : written;
      }
      return lab;
    },
    async engine() {
      if (containerNames(context.lab()).length === 0) return undefined;
      const found = await findEngine();
      if (found.state === 'answers') return found.docker;
      throw unusableEngine(found, 'find the engine', `${CALLED_AS} up starts it`);
    },
    async machines() {
      const docker = await context.engine();
      return docker === undefined ? new Map() : await locateContainers(context.lab(), docker);
    },
    async live() {
      return await locate(context.lab(), await context.machines());
    },
    async broker() {
      const lab = context.lab();
      return await liveBroker(lab, lab.broker.host.kind === 'container' ? await context.machines() : new Map());
    },
  };
  return context;
}

/** The lab file of a command line: `--lab` before or after the command's name. */
export function labFileOf(command: Command): string {
  const { lab } = command.optsWithGlobals<{ lab?: string }>();
  return lab ?? DEFAULT_LAB_FILE;
}

/** Asks on a terminal. Yes without a terminal; no when it is closed, or for Ctrl-C. */
export async function confirm(question: string): Promise<boolean> {
  if (!canAsk()) return true;
  const answer = await askLine(`${question} [Y/n] `);
  return answer !== undefined && !/^n/i.test(answer);
}

/** The error of an engine that commands cannot use. */
export function unusableEngine(
  found: Exclude<EngineLookup, { state: 'answers' }>,
  step: string,
  advice: string,
): LabError {
  const happened =
    found.state === 'absent'
      ? `no engine answers at ${found.endpoint}: ${found.why}`
      : `this user may not use ${found.endpoint}`;
  return new LabError({ subject: 'docker', step, happened, advice }, 'could-not-run');
}

export function cancelled(lab: string, step: 'up' | 'down'): LabError {
  return new LabError({ subject: lab, step, happened: 'cancelled; nothing was changed' }, 'failed');
}

/** Throws after Ctrl-C. */
export function refuseInterrupted(signal: AbortSignal, lab: string, step: 'up' | 'down'): void {
  if (!signal.aborted) return;
  const advice = `run ${CALLED_AS} ${step} again; it goes on from there`;
  throw new LabError({ subject: lab, step, happened: 'interrupted', advice }, 'interrupted');
}
