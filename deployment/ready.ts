import { CALLED_AS } from '../base/called-as.ts';
import { ignoreFailure, LabError } from '../base/errors.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import { ANSWER_TIMEOUT_MS, type ConnectAnswer, connectOnce, type LabBroker } from './connect-once.ts';
import { hostPort } from './endpoints.ts';
import { describePortState, portState } from './why-unreachable.ts';

/** How long the lab's own broker may take, which `up` may have started just now. */
const READY_TIMEOUT_MS = 20_000;
/** How long a broker may take that should be running. */
const RUNNING_TIMEOUT_MS = 2_500;
/** How long a slow one may take to answer once more. */
const SLOW_ANSWER_MS = 10_000;
const RETRY_MS = 100;
/** A broker that reloads its files may refuse for a moment. */
const REFUSAL_SETTLES_MS = 1_000;
const LOG = '/var/log/mosquitto/mosquitto.log';

/**
 * Waits until the broker accepts a CONNECT of the lab's first user: an open port may belong to another program.
 * Throws a LabError with the broker's last answer, of the kind `failed` for a refusal.
 */
export async function awaitReady(target: LabBroker, signal: AbortSignal): Promise<void> {
  const boundMs = isManaged(target) ? READY_TIMEOUT_MS : RUNNING_TIMEOUT_MS;
  const answer = await lastAnswer(target, boundMs, signal);
  if (answer.kind !== 'accepted') throw await notReadyWhy(target, answer, boundMs, signal);
}

/** Throws a LabError for a broker that does not answer. A refusal is an answer, which the checks judge. */
export async function requireAnswer(target: LabBroker, signal: AbortSignal): Promise<void> {
  const first = await lastAnswer(target, RUNNING_TIMEOUT_MS, signal);
  // a slow broker may need longer; a port without a listener answers at once
  const isSlow = first.kind === 'silent' && first.isLate && !signal.aborted;
  const answer = isSlow ? await connectOnce(target, SLOW_ANSWER_MS) : first;
  const waitedMs = RUNNING_TIMEOUT_MS + (isSlow ? SLOW_ANSWER_MS : 0);
  if (answer.kind === 'silent') throw await notReadyWhy(target, answer, waitedMs, signal);
}

/** Connects until the broker accepts, keeps refusing, or the time is up. */
async function lastAnswer(target: LabBroker, boundMs: number, signal: AbortSignal): Promise<ConnectAnswer> {
  const deadline = Date.now() + boundMs;
  let last: ConnectAnswer | undefined;
  let refusedSince: number | undefined;
  for (;;) {
    const leftMs = deadline - Date.now();
    // the last try may be too short for an answer
    if (last !== undefined && leftMs < RETRY_MS) return last;
    last = await connectOnce(target, Math.max(1, Math.min(ANSWER_TIMEOUT_MS, leftMs)));
    if (last.kind === 'accepted') return last;
    refusedSince = last.kind === 'refused' ? (refusedSince ?? Date.now()) : undefined;
    const isSettled = refusedSince !== undefined && Date.now() - refusedSince >= REFUSAL_SETTLES_MS;
    if (isSettled || signal.aborted) return last;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function isManaged({ broker }: LabBroker): boolean {
  return broker.host !== undefined;
}

type NotAccepted = Exclude<ConnectAnswer, { kind: 'accepted' }>;

/** The error of a broker that was not ready. Asks its host why a broker that listens there does not answer here. */
async function notReadyWhy(
  target: LabBroker,
  answer: NotAccepted,
  boundMs: number,
  signal: AbortSignal,
): Promise<LabError> {
  const error = notReady(target, answer, boundMs, signal);
  const { host: where } = target.broker;
  if (answer.kind !== 'silent' || isOfCertificate(answer) || where?.kind !== 'ssh' || signal.aborted) return error;
  const asking = async () => {
    await using host = await openHost('broker', where, signal);
    return await portState(host, hostPort(target), signal);
  };
  const state = await ignoreFailure(asking());
  const why = state === undefined ? undefined : describePortState(state, hostPort(target));
  if (why === undefined) return error;
  const { happened, advice } = why;
  const trouble = { ...error.trouble, happened: `${error.trouble.happened}\n    ${happened}`, advice };
  return new LabError(trouble, error.kind);
}

/** Whether the client refused the broker's certificate. An open port alone proves little: docker-proxy opens a container's. */
function isOfCertificate({ text }: Pick<NotAccepted, 'text'>): boolean {
  return /certificate/.test(text);
}

/** The error of a broker that was not ready, as far as its answer shows the cause. */
export function notReady(
  target: LabBroker,
  answer: NotAccepted,
  boundMs: number,
  { aborted }: Pick<AbortSignal, 'aborted'>,
): LabError {
  const { lab, broker } = target;
  const step = `connect as ${lab.users[0]?.name ?? 'anybody'} to ${broker.address} port ${broker.port}`;
  if (aborted) return new LabError({ subject: 'broker', step, happened: 'interrupted' }, 'interrupted');
  if (answer.kind === 'refused') {
    const advice = isManaged(target)
      ? `${CALLED_AS} up restores the users of the lab file; the broker's log is ${LOG} on its host`
      : 'check that this broker has the users of the lab file, with these passwords; the lab never changes it';
    return new LabError({ subject: 'broker', step, happened: answer.text, advice }, 'failed');
  }
  const usual = isManaged(target)
    ? `${CALLED_AS} status shows whether it is running, and ${CALLED_AS} up starts it; its log is ${LOG} on its host`
    : 'check that a broker listens there and that no firewall blocks it; the lab never changes it';
  const advice = isOfCertificate(answer)
    ? 'compare the names, the dates and the CA of the certificate with `broker.tls` in the lab file'
    : usual;
  const happened = `no answer from the broker within ${boundMs / 1000} s: ${answer.text}`;
  return new LabError({ subject: 'broker', step, happened, advice }, 'could-not-run');
}
