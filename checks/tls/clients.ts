import type { AttemptTls } from '../../probes/tls/attempt.ts';
import { connackCode } from '../../probes/tls/steps.ts';
import type { Finding } from '../harness/check.ts';
import { type Behaviour, judgeByVersion } from '../harness/deviations.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { type AttemptCheck, attemptAt, type JudgedAttempt, type ListenerAt } from './attempt-check.ts';
import { stepsAt } from './login.ts';
import { judgeLogin, judgeRefusedClient } from './verdict.ts';
import { needsAuthority, WRONG_CERTIFICATES, type WrongCertificate, wrongCertificate } from './wrong-certificates.ts';

const WORDS: Readonly<Record<WrongCertificate, string>> = {
  'self-signed': 'a self-signed certificate',
  'other-ca': 'a certificate of another CA',
  expired: 'an expired certificate',
  revoked: 'a revoked certificate',
};

type Owner = Pick<TestLab, 'lab' | 'brokerKind' | 'live'>;

/** A listener that requires certificates of clients lets in who has one, and nobody else. */
export function clientChecks({ lab, brokerKind, live }: Owner, at: ListenerAt): AttemptCheck[] {
  const { listener, user } = at;
  if (listener.tls?.clients !== 'required') return [];
  const name = user?.name ?? 'mqtt-lab';
  return [
    refused(at, 'none', 'no certificate', ({ certificate: _, ...tls }) => tls),
    ...WRONG_CERTIFICATES.map((kind): AttemptCheck => {
      if (brokerKind === 'external' && needsAuthority(kind)) {
        const why = "the lab has no key of the external broker's CA, so it can make no such certificate";
        return { ...named(at, kind, WORDS[kind]), why };
      }
      const check = refused(at, kind, WORDS[kind], async (tls) => {
        const { chain, key } = await wrongCertificate(lab, kind, name);
        return { ...tls, certificate: { chain: { text: chain }, key: { text: key } } };
      });
      if (kind !== 'revoked' || listener.protocol !== 'websockets') return check;
      return { ...check, judge: (outcome) => judgeRevoked(check.judge(outcome), live.broker.version) };
    }),
    ...(user === undefined ? [] : [accepted(at, user.name)]),
  ];
}

/** Mosquitto gives libwebsockets no list of revoked certificates (websockets.c of 2.0). */
export function judgeRevoked(finding: Finding, version: string | undefined): Finding {
  const wasLetIn = finding.verdict === 'fail' && finding.reason?.endsWith('with code 0') === true;
  const other: Behaviour = wasLetIn ? 'deviation' : { other: finding.reason ?? '' };
  const behaviour = finding.verdict === 'pass' ? 'standard' : other;
  return { ...finding, ...judgeByVersion(behaviour, 'WebSockets know no revocation', version) };
}

function named({ listener: { port } }: ListenerAt, word: string, words: string) {
  return {
    id: `tls.client.${port}.${word}`,
    claim: `the broker refuses a client with ${words} at port ${port} before it answers the CONNECT`,
    expected: { answered: false },
  } as const;
}

function refused(
  at: ListenerAt,
  word: string,
  words: string,
  change: (tls: AttemptTls) => AttemptTls | Promise<AttemptTls>,
): JudgedAttempt {
  const steps = stepsAt(at);
  return {
    ...named(at, word, words),
    async attempt() {
      const tls = at.tls();
      return attemptAt(at, { steps, ...(tls === undefined ? {} : { tls: await change(tls) }) });
    },
    judge: (outcome) => judgeRefusedClient(outcome, connackCode(steps, outcome.answers)),
  };
}

function accepted(at: ListenerAt, user: string): AttemptCheck {
  const steps = stepsAt(at);
  const { port } = at.listener;
  return {
    id: `tls.client.${port}.own`,
    claim: `the broker accepts the certificate of ${user} at port ${port}`,
    expected: { code: 0 },
    attempt: () => attemptAt(at, { steps }),
    judge: (outcome) => judgeLogin(outcome, { code: connackCode(steps, outcome.answers), isDue: true }),
  };
}
