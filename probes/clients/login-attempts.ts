import { slowness } from '../../base/slowness.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import type { Packet } from '../mqtt/packet.ts';
import { parseDebugLine } from './debug-output.ts';
import { attemptsScript, type MosquittoOptions } from './mosquitto-script.ts';

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

/** Bound on each attempt. */
const ATTEMPT_S = 5;

export type LoginAttempt = {
  readonly packets: readonly Packet[];
  readonly exitCode: number;
  readonly lines: readonly string[];
};

/** Tries one login after the other with mosquitto_sub, in one command. */
export async function attemptLogins(
  host: Host,
  optionSets: readonly MosquittoOptions[],
  limits: Limits,
): Promise<LoginAttempt[]> {
  const { stdout } = await run(host, {
    step: 'try logins with mosquitto_sub',
    script: attemptsScript(optionSets, Math.ceil(ATTEMPT_S * slowness())),
    timeoutMs: limits.boundMs,
    signal: limits.signal,
  });
  return parseAttempts(stdout);
}

export function parseAttempts(stdout: string): LoginAttempt[] {
  const sections = stdout.split(/^ATTEMPT\n/m).slice(1);
  return sections.map((section) => {
    const lines = section.split('\n').filter((line) => line !== '');
    const exit = lines.map((line) => /^EXIT (\d+)$/.exec(line)?.[1]).find((code) => code !== undefined);
    const packets = lines.flatMap((line) => parseDebugLine(line, 0) ?? []);
    return { packets, exitCode: Number(exit ?? -1), lines: lines.filter((line) => !line.startsWith('EXIT ')) };
  });
}
