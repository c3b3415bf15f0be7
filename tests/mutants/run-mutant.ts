import path from 'node:path';
import type { Scope } from '../../checks/harness/check.ts';
import { runChecks as runAll } from '../../checks/run/run-checks.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import { type JudgedCheck, judge, type Kill } from './judge.ts';
import type { MutantLab } from './lab.ts';
import { onMachine } from './machine-scripts.ts';
import type { DeploymentMutant, Mutant, WireMutant } from './mutant.ts';
import type { Alteration } from './proxy/link.ts';
import { openProxy } from './proxy/proxy.ts';

export type MutantRun = {
  readonly mutant: Mutant;
  readonly kill: Kill;
  /** Ids of the checks that failed. */
  readonly failed: readonly string[];
  readonly seconds: number;
};

const VERIFY_MS = 90_000;

type RunOptions = {
  readonly only?: string | undefined;
  readonly scope?: Scope | undefined;
  /** @default 90 s; the usual bound for a disruptive run */
  readonly timeoutMs?: number;
};

/** Applies a mutant, runs the checks, restores the lab, and judges. An error becomes the outcome. */
export async function runMutant(lab: MutantLab, mutant: Mutant, signal: AbortSignal): Promise<MutantRun> {
  const begun = performance.now();
  let checks: readonly JudgedCheck[] = [];
  let kill: Kill;
  try {
    checks = mutant.kind === 'wire' ? await onTheWire(lab, mutant, signal) : await deployed(lab, mutant, signal);
    kill = judge(mutant, checks);
  } catch (error) {
    kill = { outcome: 'error', reason: error instanceof Error ? error.message : String(error) };
  }
  const failed = checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  return { mutant, kill, failed, seconds: (performance.now() - begun) / 1000 };
}

/** Runs the matching checks, or all of the scope, against a live lab. */
export async function runChecks(
  { testLab }: MutantLab,
  live: LiveLab,
  options: RunOptions,
  signal: AbortSignal,
): Promise<readonly JudgedCheck[]> {
  const runsDirectory = path.join(testLab.folder, '.lab', 'runs');
  const timeoutMs = options.scope === 'disruptive' ? undefined : VERIFY_MS;
  const { results } = await runAll(Promise.resolve(live), { runsDirectory, timeoutMs, ...options, signal });
  const notRun = results.checks.find(({ id }) => id.startsWith('install.smoke-tests'));
  if (notRun !== undefined) throw new Error(notRun.reason);
  return results.checks;
}

function optionsOf({ only, caughtBy, scope }: Mutant): { only: string; scope?: Scope | undefined } {
  return { only: only ?? caughtBy.join(','), scope };
}

async function deployed(lab: MutantLab, mutant: DeploymentMutant, signal: AbortSignal) {
  const machine = lab.testLab.container(mutant.machine);
  const live = await lab.live();
  try {
    await machine.shell(onMachine(mutant.mutate));
    return await runChecks(lab, live, optionsOf(mutant), signal);
  } finally {
    await machine.shell(onMachine(mutant.restore));
  }
}

async function onTheWire(lab: MutantLab, mutant: WireMutant, signal: AbortSignal) {
  return await altered(lab, mutant.alter(), optionsOf(mutant), signal);
}

/** Runs the checks through a proxy that alters nothing: a failure is the proxy's fault, and would kill every wire mutant. */
export async function throughIdleProxy(lab: MutantLab, signal: AbortSignal): Promise<readonly JudgedCheck[]> {
  return await altered(lab, () => ({}), {}, signal);
}

/** Runs the checks through a proxy that alters packets. */
export async function altered(lab: MutantLab, alteration: Alteration, options: RunOptions, signal: AbortSignal) {
  const live = await lab.live();
  await using proxy = await openProxy(['127.0.0.1', lab.gateway], live.broker, alteration);
  return await runChecks(lab, throughProxy(live, proxy.places), options, signal);
}

type Place = { readonly address: string; readonly port: number };

/** The lab whose clients reach the broker through the proxy. The broker's host stays, so the checks are as strict. */
function throughProxy(live: LiveLab, places: readonly Place[]): LiveLab {
  const [here, forPis] = places;
  if (here === undefined || forPis === undefined) throw new Error('the proxy listens nowhere');
  return {
    ...live,
    broker: { ...live.broker, ...here, listeners: movedTo(here, live.broker.listeners) },
    pis: live.pis.map((pi) => ({ ...pi, broker: { ...forPis, listeners: movedTo(forPis, pi.broker.listeners) } })),
  };
}

/** The mutants' lab has one listener, and plain packets can be altered. */
function movedTo({ address, port }: Place, listeners: readonly LiveListener[]): LiveListener[] {
  return listeners.map((listener) => ({ ...listener, address, reachedPort: port }));
}
