import type { TlsOptions } from 'node:tls';
import type { ExecutionContext } from 'ava';
import {
  type Attempt,
  type AttemptEnd,
  type AttemptTls,
  type Outcome,
  TLS_VERSIONS,
} from '../../../../probes/tls/attempt.ts';
import { connackCode, loginSteps } from '../../../../probes/tls/steps.ts';
import { authority, type Issued } from '../../_authority.ts';
import { accept } from '../../_fake-broker.ts';
import { type Listening, listener } from '../../_listener.ts';

const HERE = { type: 'ip', value: '127.0.0.1' } as const;
const NAME = '127.0.0.1';
const TWO_HOURS_MS = 7_200_000;

/** A fake broker, the client that tries it, and what comes of that. */
type Case = {
  readonly what: string;
  readonly server: Omit<Listening, 'answer'>;
  readonly tls?: Omit<AttemptTls, 'name'> & { readonly name?: string };
  readonly end: AttemptEnd['kind'] | 'refused';
  /** The fault, or the alert. */
  readonly why?: string;
  readonly version?: string;
  readonly code?: number;
};

async function cases(): Promise<readonly Case[]> {
  const [lab, other] = await Promise.all([authority('lab CA'), authority('other CA')]);
  const [right, client, wrongClient] = [await lab.issue([HERE]), await lab.issue([]), await other.issue([])];
  const ca = { text: lab.ca };
  const tls = shown(right);
  const strict = { ...tls, requestCert: true, rejectUnauthorized: true, ca: lab.ca };
  const in13 = { end: 'answered', version: 'TLSv1.3', code: 0 } as const;
  return [
    { what: 'the right certificate', server: { tls }, tls: { ca }, ...in13 },
    ...TLS_VERSIONS.map((version): Case => {
      const only = { ...tls, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
      return {
        what: `${version} alone`,
        server: { tls: only },
        tls: { ca, version },
        end: 'answered',
        version,
        code: 0,
      };
    }),
    {
      what: 'a version that the broker refuses',
      server: { tls: { ...tls, minVersion: 'TLSv1.2' } },
      tls: { ca, version: 'TLSv1.1' },
      end: 'alert',
      why: 'protocol version',
    },
    { what: 'no CA', server: { tls }, tls: {}, end: 'distrusted', why: 'issuer' },
    { what: 'another CA', server: { tls }, tls: { ca: { text: other.ca } }, end: 'distrusted', why: 'issuer' },
    { what: 'another name', server: { tls }, tls: { ca, name: 'other.invalid' }, end: 'distrusted', why: 'name' },
    {
      what: 'an expired certificate',
      server: { tls: shown(await lab.issue([HERE], TWO_HOURS_MS)) },
      tls: { ca },
      end: 'distrusted',
      why: 'time',
    },
    { what: "the client's certificate", server: { tls: strict }, tls: { ca, certificate: own(client) }, ...in13 },
    { what: 'no certificate', server: { tls: strict }, tls: { ca }, end: 'refused', version: 'TLSv1.3' },
    {
      what: "another CA's certificate",
      server: { tls: strict },
      tls: { ca, certificate: own(wrongClient) },
      end: 'refused',
      version: 'TLSv1.3',
    },
    { what: 'plain MQTT', server: {}, end: 'answered', code: 0 },
    { what: 'TLS at a plain port', server: {}, tls: { ca }, end: 'closed' },
    { what: 'secure WebSockets', server: { protocol: 'websockets', tls }, tls: { ca }, ...in13 },
    { what: 'WebSockets', server: { protocol: 'websockets' }, end: 'answered', code: 0 },
  ];
}

function shown({ chain, key }: Issued): TlsOptions {
  return { cert: chain, key: key.reveal() };
}

function own({ chain, key }: Issued): NonNullable<AttemptTls['certificate']> {
  return { chain: { text: chain }, key: { text: key } };
}

/** Every kind of attempt, made by one implementation; all must agree on what comes of them. */
export async function tryAll(
  t: ExecutionContext,
  make: (attempts: readonly Attempt[]) => Promise<readonly Outcome[]>,
): Promise<void> {
  const opened = await Promise.all(
    (await cases()).map(async (one) => {
      const place = await listener(t, { ...one.server, answer: accept });
      const steps = loginSteps(one.server.protocol ?? 'mqtt', {}, place);
      const attempt: Attempt = { ...place, steps, ...(one.tls && { tls: { name: NAME, ...one.tls } }) };
      return { one, attempt };
    }),
  );
  const nobody: Attempt = { address: NAME, port: 1, steps: [] };
  const outcomes = await make([...opened.map(({ attempt }) => attempt), nobody]);
  for (const [index, { one, attempt }] of opened.entries()) {
    const seen = outcomes[index];
    if (seen === undefined) throw new Error(`no outcome of ${one.what}`);
    const { end } = seen;
    const kind = one.end === 'refused' && (end.kind === 'alert' || end.kind === 'closed') ? 'refused' : end.kind;
    const why = end.kind === 'distrusted' ? end.fault : end.kind === 'alert' ? end.text : undefined;
    t.deepEqual(
      { kind, version: seen.version, code: connackCode(attempt.steps, seen.answers) },
      { kind: one.end, version: one.version, code: one.code },
      one.what,
    );
    if (one.why !== undefined) t.is(why, one.why, one.what);
    // what a client refuses, it shows, and it sends nothing to such a broker
    if (one.end === 'distrusted') t.deepEqual([seen.certificate === undefined, seen.answers], [false, []], one.what);
  }
  t.deepEqual([outcomes.at(-1)?.isConnected, outcomes.at(-1)?.end.kind], [false, 'unreachable']);
}
