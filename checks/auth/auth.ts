import { atMost } from '../../base/limit.ts';
import { handshake, isAcceptance } from '../../probes/mqtt/handshake.ts';
import { connectSession } from '../../probes/mqtt/session.ts';
import type { HostAddress } from '../../provisioning/hosts/open.ts';
import { type Check, word } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { judgeByVersion } from '../harness/deviations.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { type LoginCase, loginCases } from './login-cases.ts';
import { judgeAcceptance, judgeClientAttempt, judgeRefusal, refusalBytes, refusalStatement } from './login-verdict.ts';

const BOUND_MS = 5_000;
/** One client after the other, on a busy machine. */
const HOST_ATTEMPT_MS = 1_000;
const HOST_BOUND_MS = 30_000;

/** Bound on so many logins in a row from a host. */
export function hostBoundMs(count: number): number {
  return HOST_BOUND_MS + count * HOST_ATTEMPT_MS;
}

export const auth: CheckFamily = (testLab) => {
  const all = loginCases(testLab.lab);
  return [
    ...all.map((loginCase) => fromHere(testLab, loginCase)),
    ...elsewhere(testLab).flatMap((at) =>
      fromHost(
        testLab,
        at,
        all.filter(({ isEverywhere }) => isEverywhere),
      ),
    ),
  ];
};

/** Each takes a connection; a small broker or a low ulimit must not be the finding. */
const limit = atMost(8);

/** With exact bytes: the answer to a CONNECT, and who closes the connection. */
function fromHere({ broker, live, brokerKind }: TestLab, loginCase: LoginCase): Check {
  const { version, login, deviation } = loginCase;
  const common = {
    id: `auth.${loginCase.kind}.${loginCase.name}.this-machine`,
    subject: { kind: 'login', attempt: loginCase.kind },
    claim: `${loginCase.claim}, from this machine`,
    boundMs: 2 * BOUND_MS,
    version,
    limit,
  } as const;
  if (loginCase.isIn) {
    const run = async () => {
      const outcome = await connectSession({ ...broker, ...(login === undefined ? {} : { login }), version });
      if (outcome.kind === 'accepted') await outcome.session.close();
      return judgeAcceptance(outcome);
    };
    return { ...common, expected: { accepted: true, code: 0 }, run };
  }
  const run = async () => {
    const seen = await handshake({ ...broker, ...login, version, boundMs: BOUND_MS });
    const judged = judgeRefusal(seen, version, brokerKind);
    if (deviation === undefined) return judged;
    const otherwise = { otherwise: judged.reason ?? '' };
    const how =
      judged.verdict === 'pass'
        ? 'as the standard says'
        : isAcceptance(seen.answer)
          ? 'as the deviation says'
          : otherwise;
    return { ...judged, ...judgeByVersion(how, deviation, live.broker.version) };
  };
  return { ...common, statement: refusalStatement(version), expected: refusalBytes(version), run };
}

type Elsewhere = {
  readonly origin: string;
  readonly name: string;
  readonly where: HostAddress;
  readonly broker: { readonly address: string; readonly port: number };
};

/** The broker's host, where it is not this machine, and the Pis. */
function elsewhere({ live, lab }: TestLab): Elsewhere[] {
  const { host } = live.broker;
  const loopback = { address: '127.0.0.1', port: lab.broker.port };
  const pis = live.pis.map((pi) => ({ origin: word(pi.name), name: pi.name, where: pi.host, broker: pi.broker }));
  if (host === undefined || host.kind === 'local') return pis;
  return [{ origin: 'broker-host', name: 'broker', where: host, broker: loopback }, ...pis];
}

/** With mosquitto_sub there: all attempts in one go, since each would cost a round trip. */
function fromHost(testLab: TestLab, { origin, name, where, broker }: Elsewhere, all: readonly LoginCase[]): Check[] {
  const { stopped } = testLab;
  const topic = testLab.lab.topics[0]?.name ?? 'mqtt-lab';
  const optionSets = all.map(({ version, login }) => ({
    ...broker,
    version,
    topic,
    ...(login === undefined ? {} : { login }),
  }));
  const boundMs = hostBoundMs(all.length);
  const tryAll = async () => {
    const { attemptLogins } = await import('../../probes/clients/login-attempts.ts');
    return await attemptLogins(await testLab.host(name, where), optionSets, { boundMs, signal: stopped });
  };
  let results: ReturnType<typeof tryAll> | undefined;
  return all.map((loginCase, index) => ({
    id: `auth.${loginCase.kind}.${loginCase.name}.${origin}`,
    subject: { kind: 'login', attempt: loginCase.kind },
    claim: `${loginCase.claim}, by mosquitto_sub on ${name}`,
    host: name,
    ...(loginCase.isIn ? {} : { statement: refusalStatement(loginCase.version) }),
    expected: { accepted: loginCase.isIn, code: loginCase.isIn ? 0 : refusalBytes(loginCase.version).code },
    boundMs,
    version: loginCase.version,
    async run() {
      results ??= tryAll();
      return judgeClientAttempt((await results)[index], loginCase, testLab.brokerKind);
    },
  }));
}
