import { randomBytes } from 'node:crypto';
import { type Host, run, tryRun } from '../../provisioning/hosts/host.ts';
import { now } from '../mqtt/packet.ts';
import { type Dropped, parseDropped } from './dropped.ts';
import { cutName, cutScript, type Flow, flowScript, undoScript } from './silent-cut-script.ts';

/** A connection that has gone silent. Disposing of it lets it speak again. */
export type SilentCut = AsyncDisposable & {
  readonly kind: 'cut';
  readonly tool: string;
  readonly flow: Flow;
  /** By when it was in force, in milliseconds since 1970. */
  readonly at: number;
  /** Lets it speak again, and tells what it has dropped until then; undefined: the tool did not tell. */
  lift(): Promise<Dropped | undefined>;
};

export type CutOutcome = SilentCut | { readonly kind: 'impossible'; readonly reason: string };

const STEP_BOUND_MS = 20_000;

/**
 * Makes the connection of a process on a host to its broker silent: nothing of it passes any more, and neither end is told. Everything else
 * on that host, SSH included, goes on. After `boundSeconds` the host itself undoes it. Needs root there, and nft or iptables.
 */
export async function cutSilently(
  host: Host,
  pid: number,
  brokerPort: number,
  boundSeconds: number,
): Promise<CutOutcome> {
  const flow = await findFlow(host, pid, brokerPort);
  const name = cutName(randomBytes(5).toString('hex'));
  const script = cutScript(name, flow, boundSeconds);
  const { code, stdout, stderr } = await tryRun(host, {
    step: 'cut the network',
    script,
    root: true,
    timeoutMs: STEP_BOUND_MS,
  });
  const tool = /^CUT (\w+)$/m.exec(stdout)?.[1];
  const watchdog = Number(/^WATCHDOG (\d+)$/m.exec(stdout)?.[1]);
  const lift = async () => {
    const undo = undoScript(name, flow, watchdog);
    const told = await run(host, { step: 'undo the silent cut', script: undo, root: true, timeoutMs: STEP_BOUND_MS });
    return parseDropped(told.stdout, flow);
  };
  const undo = async () => {
    await lift();
  };
  if (tool !== undefined) return { kind: 'cut', tool, flow, at: now(), lift, [Symbol.asyncDispose]: undo };
  return { kind: 'impossible', reason: impossible(host.name, code, stderr) };
}

/** The connection of a process on a host to its broker; throws where it has none. */
export async function findFlow(host: Host, pid: number, brokerPort: number): Promise<Flow> {
  const { stdout } = await run(host, {
    step: 'find the connection of a process',
    // as the user whose process it is: in a container, root may not look into another user's
    script: flowScript(pid, brokerPort),
    timeoutMs: STEP_BOUND_MS,
  });
  const [, family, clientPort] = /^FLOW ([46]) (\d+)$/m.exec(stdout) ?? [];
  if (clientPort === undefined) throw new Error(`${host.name}: cannot tell the client's port from: ${stdout}`);
  return { family: family === '6' ? 6 : 4, clientPort: Number(clientPort), brokerPort };
}

function impossible(host: string, code: number, stderr: string): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const why = last === '' ? '' : ` (${last})`;
  if (code !== 0) return `no root on ${host} to cut its network${why}`;
  return `neither nft nor iptables works on ${host}${why}: apt-get install nftables there`;
}
