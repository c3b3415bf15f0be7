import { randomBytes } from 'node:crypto';
import { deferred } from '../../base/deferred.ts';
import { LabError } from '../../base/errors.ts';
import { type Host, stepFailed } from '../../provisioning/hosts/host.ts';
import { now } from '../mqtt/packet.ts';
import { cutName, heldCutScript } from './cut-script.ts';
import { parseDropped } from './dropped.ts';
import { findFlow, type SilentCut, whyImpossible } from './silent-cut.ts';

/** `over` settles when the host has undone the cut; it rejects where the connection to the host was lost. */
export type HeldCut = SilentCut & { readonly over: Promise<unknown> };

/** A cut that nobody lifts ends after an hour. */
const BOUND_S = 3_600;

/**
 * Silences the connection of a process as `cutSilently` does. The host undoes it as soon as this process ends or is
 * killed; where the host cannot know that, as behind a lost network, after `boundSeconds`. Throws a LabError where the
 * host cannot cut.
 */
export async function cutWhileConnected(
  host: Host,
  pid: number,
  brokerPort: number,
  boundSeconds = BOUND_S,
): Promise<HeldCut> {
  const flow = await findFlow(host, pid, brokerPort);
  const made = deferred<string>();
  const step = 'cut the network';
  const running = host.start({
    step,
    script: heldCutScript(cutName(randomBytes(5).toString('hex')), flow, boundSeconds),
    root: true,
    timeoutMs: boundSeconds * 1_000,
    keepsInput: true,
    onLine(line) {
      const tool = /^CUT (\w+)$/.exec(line)?.[1];
      if (tool !== undefined) made.resolve(tool);
    },
  });
  const tool = await Promise.race([made.promise, running.result]);
  if (typeof tool !== 'string') {
    if (tool.code !== 0) throw stepFailed(host, step, tool);
    throw new LabError({ subject: host.name, step, happened: whyImpossible(host.name, tool) }, 'failed');
  }
  const at = now();
  const lift = async () => {
    running.input?.end();
    return parseDropped((await running.result).stdout, flow);
  };
  const dispose = async () => {
    await lift();
  };
  return { kind: 'cut', tool, flow, at, lift, over: running.result, [Symbol.asyncDispose]: dispose };
}
