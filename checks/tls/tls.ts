import { atMost } from '../../base/limit.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { attemptHere } from '../../probes/tls/attempt-here.ts';
import { type Check, idWord, notApplicable, THIS_MACHINE } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import type { TestLab } from '../harness/test-lab.ts';
import type { AttemptCheck, ListenerAt } from './attempt-check.ts';
import { bindCheck } from './bind.ts';
import { certificateChecks } from './certificate.ts';
import { clientChecks } from './clients.ts';
import { crossedCheck } from './crossed.ts';
import { identityChecks } from './identity.ts';
import { kindChecks } from './kinds.ts';
import { attemptAll, type OutcomeOf } from './on-pi.ts';
import { listenersHere, listenersOn } from './place.ts';
import { versionChecks } from './versions.ts';

const BOUND_MS = 30_000;
/** The time for one attempt of a Pi on a busy machine. */
const ATTEMPT_ON_PI_MS = 1_000;

/** Each attempt takes a connection, and many at once could exceed a limit of the broker. */
const limit = atMost(8);

/** What the listeners of the lab file promise. A lab with one plain listener has no such check. */
export const tls: CheckFamily = (testLab) => {
  if (isOnePlain(testLab.lab)) return [];
  return [
    ...listenersHere(testLab)
      .flatMap((at) => listenerChecks(testLab, at))
      .map(onThisMachine),
    ...testLab.live.pis.flatMap((pi) => onPi(testLab, pi)),
    ...identityChecks(testLab),
    ...kindChecks(testLab),
  ];
};

function isOnePlain({ broker: { listeners } }: Lab): boolean {
  return listeners.length === 1 && listeners[0]?.tls === undefined;
}

function listenerChecks(testLab: TestLab, at: ListenerAt): AttemptCheck[] {
  if (at.listener.tls === undefined) return [crossedCheck(at)];
  return [...certificateChecks(at), ...versionChecks(at), ...clientChecks(testLab, at), crossedCheck(at)];
}

function onThisMachine(check: AttemptCheck): Check {
  const named = namedAt(check, THIS_MACHINE, 'this-machine');
  if ('why' in check) return notApplicable(named, check.why);
  const run = async () => check.judge(await attemptHere(await check.attempt()));
  return { ...named, expected: check.expected, boundMs: BOUND_MS, limit, run };
}

function namedAt({ id, subject, claim, needs }: AttemptCheck, host: string, word: string) {
  return {
    id: `${id}.${word}`,
    claim: `${claim}, from ${host}`,
    host,
    ...(subject && { subject }),
    ...(needs && { needs: [{ host, of: needs }] }),
  } as const;
}

/** Checks of a Pi; one command makes all attempts, because each command costs a round trip. */
function onPi(testLab: TestLab, pi: LivePi): Check[] {
  const { name, broker } = pi;
  const checks = [
    ...listenersOn(testLab, pi).flatMap((at) => listenerChecks(testLab, at)),
    ...testLab.lab.broker.listeners.map((listener) => bindCheck(listener, broker.address)),
  ];
  const boundMs = BOUND_MS + checks.length * ATTEMPT_ON_PI_MS;
  let outcomes: Promise<OutcomeOf> | undefined;
  return checks.map((check): Check => {
    const named = namedAt(check, name, idWord(name));
    if ('why' in check) return notApplicable(named, check.why);
    const run = async () => {
      outcomes ??= attemptAll(testLab, pi, checks, boundMs);
      return check.judge((await outcomes)(check));
    };
    return { ...named, expected: check.expected, boundMs, run };
  });
}
