import { atMost } from '../../base/limit.ts';
import { endpointHere, endpointOn } from '../../deployment/endpoints.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import { bestListener } from '../../lab-file/listeners.ts';
import { unreadable } from '../../probes/clients/option-file.ts';
import { handshake, isAcceptance } from '../../probes/mqtt/handshake.ts';
import { connectSession } from '../../probes/mqtt/session.ts';
import type { HostAddress } from '../../provisioning/hosts/open.ts';
import { type Check, idWord } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { type Behaviour, judgeByVersion } from '../harness/deviations.ts';
import { optionOf } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { type LoginCase, loginCases } from './login-cases.ts';
import { judgeAcceptance, judgeClientLogin, judgeRefusal, refusalBytes, refusalStatement } from './login-verdict.ts';

const BOUND_MS = 5_000;
/** The time for one login on a busy machine. */
const REMOTE_LOGIN_MS = 1_000;
const REMOTE_BOUND_MS = 30_000;
/** Options whose value Mosquitto announces in every CONNACK of MQTT 5. */
const LIMITS = ['max_packet_size'];

/** Each login takes a connection, and many at once could exceed a limit of the broker or a ulimit. */
const limit = atMost(8);

export const auth: CheckFamily = (testLab) => {
  const byPassword = passwordListeners(testLab.live.broker.listeners);
  const cases = loginCases(testLab.lab, (user) => bestListener(byPassword, user) !== undefined);
  const everywhere = cases.filter(({ isEverywhere }) => isEverywhere);
  return [
    ...cases.map((loginCase) =>
      loginCase.isAccepted ? acceptedCheck(testLab, loginCase) : refusedCheck(testLab, loginCase),
    ),
    ...remoteHosts(testLab).flatMap((host) =>
      remoteChecks(
        testLab,
        host,
        everywhere.filter(({ as }) => bestListener(host.listeners, as) !== undefined),
      ),
    ),
  ];
};

function acceptedCheck(testLab: TestLab, loginCase: LoginCase): Check {
  const { version, login } = loginCase;
  return {
    ...localCheck(loginCase),
    expected: { accepted: true, code: 0 },
    async run() {
      const outcome = await connectSession({ ...placeOf(testLab, loginCase), version, ...(login && { login }) });
      if (outcome.kind === 'accepted') await outcome.session.close();
      return judgeAcceptance(outcome);
    },
  };
}

/** Not where a certificate names the user, whatever the CONNECT says. */
function passwordListeners(listeners: readonly LiveListener[]): LiveListener[] {
  return listeners.filter(({ tls }) => tls?.identity !== 'common-name');
}

function placeOf({ live: { lab, broker }, broker: { keepAlive } }: TestLab, { as }: LoginCase) {
  return {
    ...endpointHere({ lab, broker: { ...broker, listeners: passwordListeners(broker.listeners) } }, as),
    keepAlive,
  };
}

/** Compares the exact bytes of the answer, and who closes the connection. */
function refusedCheck(testLab: TestLab, loginCase: LoginCase): Check {
  const { live, lab, brokerKind } = testLab;
  const announcesLimits = LIMITS.some((name) => optionOf(lab.broker, name) !== undefined);
  const { version, login, deviation } = loginCase;
  return {
    ...localCheck(loginCase),
    statement: refusalStatement(version),
    expected: refusalBytes(version),
    ...(loginCase.wrongly === undefined ? {} : { factors: [{ ...loginCase.wrongly, version }] }),
    async run() {
      const seen = await handshake({ ...placeOf(testLab, loginCase), ...login, version, boundMs: BOUND_MS });
      const judged = judgeRefusal(seen, version, brokerKind, { announcesLimits });
      if (deviation === undefined) return judged;
      const other: Behaviour = isAcceptance(seen.answer) ? 'deviation' : { other: judged.reason ?? '' };
      const behaviour = judged.verdict === 'pass' ? 'standard' : other;
      return { ...judged, ...judgeByVersion(behaviour, deviation, live.broker.version) };
    },
  };
}

function localCheck({ kind, name, claim, version }: LoginCase) {
  return {
    id: `auth.${kind}.${name}.this-machine`,
    subject: { kind: 'login', attempt: kind },
    claim: `${claim}, from this machine`,
    boundMs: 2 * BOUND_MS,
    version,
    limit,
  } as const;
}

type RemoteHost = {
  /** The host in the check's id. */
  readonly idWord: string;
  readonly name: string;
  readonly where: HostAddress;
  /** The listeners that its clients reach. */
  readonly listeners: readonly LiveListener[];
};

/** The broker's host, where it is not this machine, and the Pis. */
function remoteHosts({ live }: TestLab): RemoteHost[] {
  const { host } = live.broker;
  const pis = live.pis.map((pi) => ({
    idWord: idWord(pi.name),
    name: pi.name,
    where: pi.host,
    listeners: passwordListeners(pi.broker.listeners),
  }));
  if (host === undefined || host.kind === 'local') return pis;
  return [
    { idWord: 'broker-host', name: 'broker', where: host, listeners: passwordListeners(live.broker.onHost) },
    ...pis,
  ];
}

/** The bound on a number of logins from one host, one after the other. */
export function hostBoundMs(count: number): number {
  return REMOTE_BOUND_MS + count * REMOTE_LOGIN_MS;
}

/** Logs in with mosquitto_sub on the host. One command tries all logins, because each command costs a round trip. */
function remoteChecks(testLab: TestLab, remote: RemoteHost, cases: readonly LoginCase[]): Check[] {
  const readable = cases.filter(({ login }) => login === undefined || unreadable(login) === undefined);
  const boundMs = hostBoundMs(readable.length);
  let attempts: ReturnType<typeof attemptAll> | undefined;
  return cases.map((loginCase) => {
    const { kind, name, claim, version, isAccepted, login } = loginCase;
    const { code } = refusalBytes(version);
    return {
      id: `auth.${kind}.${name}.${remote.idWord}`,
      subject: { kind: 'login', attempt: kind },
      claim: `${claim}, by mosquitto_sub on ${remote.name}`,
      host: remote.name,
      ...(isAccepted ? {} : { statement: refusalStatement(version) }),
      expected: { accepted: isAccepted, code: isAccepted ? 0 : code },
      boundMs,
      version,
      async run() {
        const reason = login === undefined ? undefined : unreadable(login);
        if (reason !== undefined) return { verdict: 'skipped', observed: null, reason };
        attempts ??= attemptAll(testLab, remote, readable, boundMs);
        return judgeClientLogin((await attempts)[readable.indexOf(loginCase)], loginCase, testLab.brokerKind);
      },
    };
  });
}

async function attemptAll(
  testLab: TestLab,
  { name, where, listeners }: RemoteHost,
  cases: readonly LoginCase[],
  boundMs: number,
) {
  const topic = testLab.lab.topics[0]?.name ?? 'mqtt-lab';
  const logins = cases.map(({ version, login, as }) => ({
    ...endpointOn({ name, broker: { listeners } }, as),
    ...{ version, topic },
    ...(login && { login }),
  }));
  const { attemptLogins } = await import('../../probes/clients/login-attempts.ts');
  return await attemptLogins(await testLab.host(name, where), logins, { boundMs, signal: testLab.stopped });
}
