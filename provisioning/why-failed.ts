import { ignoreFailure, LabError } from '../base/errors.ts';
import { CAUSES, type Explanation } from './failure-causes.ts';
import { type Host, type Result, stepFailed } from './hosts/host.ts';
import { gatherFacts } from './resources/facts.ts';

/**
 * Why a step failed, from its own output and from facts that the host gives about it now; undefined where the output names
 * no known cause, or the host does not answer.
 */
export async function whyFailed(
  host: Host,
  { stdout, stderr }: Result,
  signal?: AbortSignal,
): Promise<Explanation | undefined> {
  for (const { pattern, queries, explain } of CAUSES) {
    // standard error first: apt writes its errors there
    const match = pattern.exec(stderr) ?? pattern.exec(stdout);
    if (match === null) continue;
    const facts = await ignoreFailure(gatherFacts(host, queries(match), signal));
    if (facts === undefined) return undefined;
    const explained = explain({ match, facts, now: Date.now(), host: host.name });
    if (explained !== undefined) return explained;
  }
  return undefined;
}

type FailedStep = {
  readonly step: string;
  readonly advice?: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** The error of a step that failed: its cause where that is known, otherwise the end of its output and the step's advice. */
export async function failureOf(host: Host, { step, advice, signal }: FailedStep, result: Result): Promise<LabError> {
  const explained = await whyFailed(host, result, signal);
  if (explained === undefined) return stepFailed(host, step, result, advice);
  return new LabError({ subject: host.name, step, ...explained }, 'failed');
}
