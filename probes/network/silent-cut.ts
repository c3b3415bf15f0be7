import { randomBytes } from 'node:crypto';
import { type Host, type Result, run, tryRun } from '../../provisioning/hosts/host.ts';
import { now } from '../mqtt/packet.ts';
import { cutName, cutScript, undoScript } from './cut-script.ts';
import { type Dropped, parseDropped } from './dropped.ts';
import { type Flow, flowFunction } from './flow.ts';

/** A connection that is silent. Disposing of it restores the connection. */
export type SilentCut = AsyncDisposable & {
  readonly kind: 'cut';
  readonly tool: string;
  readonly flow: Flow;
  /** When it was in force at the latest, in milliseconds since 1970. */
  readonly at: number;
  /** Restores the connection and returns what was dropped until then; undefined where the tool did not print it. */
  lift(): Promise<Dropped | undefined>;
};

export type CutOutcome = SilentCut | { readonly kind: 'impossible'; readonly reason: string };

const STEP_BOUND_MS = 20_000;

/**
 * Silences the connection of a process on a host to its broker: no segment passes, and neither end gets a FIN or RST.
 * Everything else on that host, SSH included, goes on. The host undoes it after `boundSeconds`. Needs root there, and
 * nft or iptables.
 */
export async function cutSilently(
  host: Host,
  pid: number,
  brokerPort: number,
  boundSeconds: number,
): Promise<CutOutcome> {
  const flow = await findFlow(host, pid, brokerPort);
  const name = cutName(randomBytes(5).toString('hex'));
  const command = { step: 'cut the network', root: true, timeoutMs: STEP_BOUND_MS };
  const result = await tryRun(host, { ...command, script: cutScript(name, flow, boundSeconds) });
  const { stdout } = result;
  const tool = /^CUT (\w+)$/m.exec(stdout)?.[1];
  if (tool === undefined) return { kind: 'impossible', reason: whyImpossible(host.name, result) };
  const watchdog = Number(/^WATCHDOG (\d+)$/m.exec(stdout)?.[1]);
  const lift = async () => {
    const script = undoScript(name, flow, watchdog);
    const undone = await run(host, { ...command, step: 'undo the silent cut', script });
    return parseDropped(undone.stdout, flow);
  };
  const dispose = async () => {
    await lift();
  };
  return { kind: 'cut', tool, flow, at: now(), lift, [Symbol.asyncDispose]: dispose };
}

/** The connection of a process on a host to its broker; throws where it has none. */
export async function findFlow(host: Host, pid: number, brokerPort: number): Promise<Flow> {
  const { stdout } = await run(host, {
    step: 'find the connection of a process',
    // as the user of the process: in a container, root may not inspect another user's
    script: `${flowFunction(pid, brokerPort)}\nfind_flow`,
    timeoutMs: STEP_BOUND_MS,
  });
  const [, family, clientPort] = /^FLOW ([46]) (\d+)$/m.exec(stdout) ?? [];
  if (clientPort === undefined) throw new Error(`${host.name}: no client port in: ${stdout}`);
  return { family: family === '6' ? 6 : 4, clientPort: Number(clientPort), brokerPort };
}

/** Why the script of a cut printed no tool. */
export function whyImpossible(host: string, { code, stderr }: Pick<Result, 'code' | 'stderr'>): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const reason = last === '' ? '' : ` (${last})`;
  if (code !== 0) return `no root on ${host} to cut its network${reason}`;
  return `neither nft nor iptables works on ${host}${reason}: apt-get install nftables there`;
}
