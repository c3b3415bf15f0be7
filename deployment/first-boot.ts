import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALLED_AS } from '../base/called-as.ts';
import { ignoreFailure, LabError } from '../base/errors.ts';
import { type HostReporter, hostReporter, type ReportProgress } from '../base/progress.ts';
import { slowness, stretchedSeconds } from '../base/slowness.ts';
import { cardFile } from '../lab-file/card-file.ts';
import type { Lab, Pi } from '../lab-file/lab.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import { type SshAnswer, sshAnswer } from '../provisioning/hosts/ssh-answer.ts';
import { destinationOf } from '../provisioning/hosts/ssh-destination.ts';

/** A first boot enlarges the file system, reboots, and runs cloud-init: two minutes on most boards. */
const BOUND_MS = 300_000;
const ASK_MS = 5_000;
const PAUSE_MS = 1_000;

export type FirstBootOptions = {
  readonly report: ReportProgress;
  readonly open?: typeof openHost;
  readonly ask?: typeof sshAnswer;
  readonly boundMs?: number;
  readonly pauseMs?: number;
};

/**
 * Opens hosts as `openHost` does, and waits first for a Pi whose card was made here and that nobody has reached yet.
 * Throws a LabError with what to look at where that Pi does not answer in time.
 */
export function openAfterFirstBoot(
  lab: Pick<Lab, 'directory' | 'name' | 'pis'>,
  options: FirstBootOptions,
): typeof openHost {
  const { report, open = openHost } = options;
  return async (name, where, signal = new AbortController().signal) => {
    const pi = lab.pis.find((candidate) => candidate.name === name);
    const unreached = cardFile(lab, name, 'unreached');
    if (pi?.host.kind !== 'ssh' || pi.host !== where || !existsSync(unreached)) return await open(name, where, signal);
    await untilAnswer(pi, hostReporter(report, name), { ...options, signal });
    const host = await open(name, where, signal);
    await rm(unreached, { force: true });
    return host;
  };
}

type Waiting = Omit<FirstBootOptions, 'report'> & { readonly signal: AbortSignal };

async function untilAnswer(
  pi: Pi,
  { step }: HostReporter,
  { ask = sshAnswer, boundMs = BOUND_MS, pauseMs = PAUSE_MS, signal }: Waiting,
): Promise<void> {
  if (pi.host.kind !== 'ssh') return;
  const { hostName, port, proxy } = await destinationOf(pi.name, pi.host);
  // this machine cannot reach the port behind a jump host
  if (proxy !== undefined) return;
  const begin = performance.now();
  let reported = '';
  while (!signal.aborted) {
    const answer = await ask(hostName, port, ASK_MS, signal);
    if (answer.kind === 'ssh') return;
    if (signal.aborted) break;
    if (performance.now() - begin > boundMs * slowness()) throw notReached(pi, hostName, answer, boundMs);
    const text = `wait up to ${stretchedSeconds(boundMs)} s for the first boot: ${describe(answer, hostName, port)}`;
    if (text !== reported) step(text);
    reported = text;
    await ignoreFailure(sleep(pauseMs, undefined, { signal }));
  }
  throw new LabError({ subject: pi.name, step: STEP, happened: 'interrupted' }, 'interrupted');
}

const STEP = 'wait for the first boot';

type NoAnswer = Exclude<SshAnswer, { kind: 'ssh' }>;

function describe(answer: NoAnswer, hostName: string, port: number): string {
  if (answer.kind === 'unknown name') return `${hostName} does not resolve yet`;
  return answer.kind === 'silent' ? `no answer from ${hostName} port ${port}` : isUp(hostName, answer.kind);
}

function isUp(hostName: string, kind: 'refused' | 'closed'): string {
  return `${hostName} is up, and its SSH ${kind === 'refused' ? 'port is still closed' : 'server closes the connection'}`;
}

function notReached({ name, wifi }: Pi, hostName: string, answer: NoAnswer, boundMs: number): LabError {
  const waited = `after ${stretchedSeconds(boundMs)} s`;
  const trouble = (happened: string, advice: string) =>
    new LabError({ subject: name, step: STEP, happened, advice, isLate: true }, 'could-not-run');
  if (answer.kind === 'refused' || answer.kind === 'closed') {
    const advice = `on a screen at the Pi, \`cloud-init status --long\` says what failed; ${CALLED_AS} image ${name} makes the card again`;
    return trouble(`${isUp(hostName, answer.kind)} ${waited}`, advice);
  }
  const network =
    wifi === undefined
      ? 'its network cable is in'
      : `the Wi-Fi ${wifi.ssid} is in reach and its password and country are right (${CALLED_AS} image ${name} again)`;
  const look = `check at the Pi that it has power (red LED) and reads the card (green LED blinks), and that ${network}`;
  if (answer.kind === 'unknown name') {
    if (hostName.endsWith('.local') && !resolvesLocal()) {
      const happened = `${hostName} does not resolve ${waited}, and this machine resolves no .local names`;
      return trouble(happened, `apt-get install libnss-mdns, or set the Pi's IP address as \`host\`; then ${look}`);
    }
    return trouble(`${hostName} does not resolve ${waited}`, `${look}; then \`ping ${hostName}\``);
  }
  return trouble(`no SSH answer from ${hostName} ${waited}: ${answer.why}`, `${look}; then \`ping ${hostName}\``);
}

/** Whether names such as kitchen.local go to multicast DNS (nss-mdns, or nss-resolve of systemd). */
function resolvesLocal(): boolean {
  try {
    return /^hosts:.*\b(mdns|resolve)/m.test(readFileSync('/etc/nsswitch.conf', 'utf8'));
  } catch {
    return true;
  }
}
