import type { AttemptTls } from '../../probes/tls/attempt.ts';
import { type AttemptCheck, attemptAt, type ListenerAt } from './attempt-check.ts';
import { judgeCertificate, judgeDistrust } from './verdict.ts';
import { anotherAuthority } from './wrong-certificates.ts';

/** No certificate is for it (RFC 6761, 6.4). */
const OTHER_NAME = 'mqtt-lab.invalid';

/** The certificate of a listener with TLS is what it claims to be. */
export function certificateChecks(at: ListenerAt): AttemptCheck[] {
  const { port } = at.listener;
  return [
    {
      id: `tls.certificate.${port}`,
      subject: { kind: 'certificate', port },
      claim: `the certificate at port ${port} is valid, of the expected CA and for the name used`,
      expected: { accepted: true },
      // where the certificate is wrong, no other client gets through either
      needs: 'commands',
      attempt: () => attemptAt(at),
      judge: judgeCertificate,
    },
    distrust(at, { word: 'no-ca', who: 'without a CA', fault: 'issuer' }, async ({ ca: _, ...tls }) => tls),
    distrust(at, { word: 'other-ca', who: 'with another CA', fault: 'issuer' }, async (tls) => ({
      ...tls,
      ca: { text: (await anotherAuthority()).chain },
    })),
    distrust(at, { word: 'other-name', who: 'that expects another name', fault: 'name' }, async (tls) => ({
      ...tls,
      name: OTHER_NAME,
    })),
  ];
}

type Distrust = { readonly word: string; readonly who: string; readonly fault: 'issuer' | 'name' };

function distrust(
  at: ListenerAt,
  { word, who, fault }: Distrust,
  change: (tls: AttemptTls) => Promise<AttemptTls>,
): AttemptCheck {
  const { port } = at.listener;
  return {
    id: `tls.distrust.${port}.${word}`,
    claim: `a client ${who} refuses the certificate at port ${port}`,
    expected: { refusedFor: fault },
    async attempt() {
      const tls = at.tls();
      return attemptAt(at, tls === undefined ? {} : { tls: await change(tls) });
    },
    judge: (outcome) => judgeDistrust(outcome, fault),
  };
}
