import { TLS_VERSIONS } from '../../probes/tls/attempt.ts';
import { connackCode } from '../../probes/tls/steps.ts';
import { type AttemptCheck, attemptAt, type ListenerAt } from './attempt-check.ts';
import { stepsAt } from './login.ts';
import { judgeOldVersion, judgeVersion } from './verdict.ts';

/** The versions before TLS 1.2 have known weaknesses (RFC 8996). */
const OLD: readonly string[] = ['TLSv1', 'TLSv1.1'];

/** A listener speaks TLS 1.2 and 1.3 with clients that offer only one of them, and no older version. */
export function versionChecks(at: ListenerAt): AttemptCheck[] {
  const { port } = at.listener;
  return TLS_VERSIONS.map((version) => {
    const isOld = OLD.includes(version);
    const steps = stepsAt(at);
    const isDue = at.user !== undefined;
    const number = version === 'TLSv1' ? '1.0' : version.slice('TLSv'.length);
    return {
      id: `tls.version.${port}.tls${number.replace('.', '')}`,
      claim: `port ${port} ${isOld ? 'refuses' : 'serves'} a client that offers only TLS ${number}`,
      expected: isOld ? { agreed: false } : { version },
      attempt() {
        const tls = at.tls();
        return attemptAt(at, { steps, ...(tls === undefined ? {} : { tls: { ...tls, version } }) });
      },
      judge: (outcome) =>
        isOld
          ? judgeOldVersion(outcome, version)
          : judgeVersion(outcome, version, { code: connackCode(steps, outcome.answers), isDue }),
    };
  });
}
