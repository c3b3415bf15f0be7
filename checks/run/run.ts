import { rm } from 'node:fs/promises';
import process from 'node:process';
import { InputError, LabError } from '../../base/errors.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { clientsOf, type Environment, type System } from '../../records/environment.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { Results } from '../../records/results.ts';
import { openRunFolder } from '../../records/run-folder.ts';
import type { Scope } from '../harness/check.ts';
import { hostsOf, systemHere } from '../harness/system.ts';
import { type AvaRun, startAva } from './ava.ts';
import { openLedger } from './ledger.ts';
import { listen, type Server } from './server.ts';

export type VerifyOptions = {
  /** Where runs are kept, such as `.lab/runs`. */
  readonly runsDirectory: string;
  /** Called for each record as it comes. */
  readonly onRecord?: ((record: CheckRecord) => void) | undefined;
  /** Ids or patterns of the wanted checks, between commas. */
  readonly only?: string | undefined;
  /** How far the run goes. @default default */
  readonly scope?: Scope | undefined;
  /** Whether measurements take the time that the report's questions ask for, such as three pings at 25 s. @default false */
  readonly full?: boolean | undefined;
  /** Bound on the whole run. @default 180 s, 360 s where it is disruptive or full */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type Verification = {
  readonly verdict: Results['verdict'];
  readonly records: readonly CheckRecord[];
  /** All of it, as results.json has it. */
  readonly results: Results;
  /** Folder with records.jsonl, results.json and junit.xml. */
  readonly folder: string;
};

/** The names that test files say hello with. */
const SMOKE_FILES = ['all.ts'];
const TIMEOUT_MS = { quick: 180_000, default: 180_000, disruptive: 360_000 } as const;
/** On a slow network the messages that are timed take as long. */
const FULL_TIMEOUT_MS = 360_000;
/** How long the test files may take to clean up when the run ends early. */
const CLEAN_UP_MS = 8_000;

/**
 * Runs the smoke tests against a lab; AVA starts while what is still asked of it, such as the broker's version, is on its way.
 * A check that was planned and gave no record has failed, whatever became of its test file. Throws what `live` rejects with,
 * an InputError when a pattern of `only` matches no check, a LabError when `signal` ended the run; then nothing of it is left running.
 */
export async function verify(live: Promise<LiveLab>, options: VerifyOptions): Promise<Verification> {
  // told below
  live.catch(() => undefined);
  const startedAt = Date.now();
  const begun = performance.now();
  const folder = await openRunFolder(options.runsDirectory, new Date(startedAt));
  const ledger = openLedger();
  const add = (record: CheckRecord) => {
    folder.add(record);
    options.onRecord?.(record);
  };
  const mistakes: string[] = [];
  const systems = new Map<string, System>();
  let why: string;
  {
    await using server = await listen(
      live,
      { only: options.only, scope: options.scope ?? 'default', full: options.full ?? false },
      (message, file) => {
        ledger.take(message, file);
        if (message.kind === 'record') add(message.record);
        if (message.kind === 'host') systems.set(message.name, message.system);
        if (message.kind === 'refused') mistakes.push(...message.mistakes);
      },
    );
    const ava = startAva(server.path);
    live.catch(ava.kill);
    why = await runToItsEnd(ava, server, options);
  }
  if (options.signal?.aborted === true) {
    throw new LabError({ subject: 'verify', step: 'run the smoke tests', happened: 'interrupted' }, 'interrupted');
  }
  const discard = () => rm(folder.path, { recursive: true, force: true });
  const known = await live.catch(async (error: unknown) => {
    await discard();
    throw error;
  });
  if (mistakes.length > 0) {
    await discard();
    throw new InputError(mistakes);
  }
  const missing = ledger.missing(SMOKE_FILES, why);
  const records = [...ledger.records, ...missing];
  for (const record of missing) add(record);
  const run = { startedAt, durationMs: Math.round(performance.now() - begun) };
  const hosts = hostsOf(known, await systemHere(), systems);
  const results = await folder.finish(environmentOf(known, options, { ...run, hosts }, records));
  return { verdict: results.verdict, records: results.checks, results, folder: folder.path };
}

function environmentOf(
  { lab, broker, pis }: LiveLab,
  { scope = 'default', only, full = false }: VerifyOptions,
  run: Pick<Environment, 'startedAt' | 'durationMs' | 'hosts'>,
  records: readonly CheckRecord[],
): Environment {
  const version = broker.version === undefined ? 'unknown' : `mosquitto ${broker.version}`;
  return {
    lab: lab.name,
    scope,
    full,
    ...(only === undefined ? {} : { only }),
    ...run,
    node: process.versions.node,
    broker: { address: broker.address, port: broker.port, version },
    pis: pis.map(({ name }) => name),
    clients: clientsOf(records),
  };
}

/** Waits for AVA's end; on the signal or past the bound, has the files clean up and then ends them. Gives how it ended, in words. */
async function runToItsEnd(ava: AvaRun, server: Server, options: VerifyOptions): Promise<string> {
  const usualMs = options.full === true ? FULL_TIMEOUT_MS : TIMEOUT_MS[options.scope ?? 'default'];
  const { timeoutMs = usualMs, signal } = options;
  let early: string | undefined;
  let killer: NodeJS.Timeout | undefined;
  const stop = (reason: string) => {
    if (early !== undefined) return;
    early = reason;
    server.stop();
    killer = setTimeout(ava.kill, CLEAN_UP_MS);
  };
  const onAbort = () => stop('interrupted');
  const timer = setTimeout(() => stop(`not done after ${timeoutMs / 1000} s`), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  try {
    const ended = await ava.ended;
    return early ?? ended;
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    signal?.removeEventListener('abort', onAbort);
    ava.kill();
  }
}
