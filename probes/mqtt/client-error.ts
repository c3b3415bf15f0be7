import { CALLED_AS } from '../../base/called-as.ts';
import { errorMessage, type FailureKind, LabError } from '../../base/errors.ts';
import type { ClientOptions } from './client-options.ts';
import { codeText } from './code-text.ts';
import type { PacketType } from './packet.ts';

const OWNED = {
  reach: `${CALLED_AS} status shows whether the broker is running; ${CALLED_AS} up starts it`,
  password: `${CALLED_AS} plan shows whether the broker has the passwords of lab.yaml; ${CALLED_AS} up applies them`,
  allowed: `lab.yaml allows this, so the broker differs from it: ${CALLED_AS} plan shows how, ${CALLED_AS} up repairs it`,
  denied: `lab.yaml does not allow this either: add the user to the topic's rights and run ${CALLED_AS} up, or use another user`,
} as const;
/** The lab never changes an external broker. */
const EXTERNAL = {
  reach: 'check that the broker runs, and that no firewall blocks its port',
  password: 'check that the broker has this user with this password',
  allowed:
    'lab.yaml allows this, but the broker does not: ask its administrator for the right, or remove it from lab.yaml',
  denied: 'lab.yaml does not allow this either: use another user',
} as const satisfies Record<keyof typeof OWNED, string>;
const adviceFor = ({ brokerKind }: ClientOptions) => (brokerKind === 'lab' ? OWNED : EXTERNAL);

export type ClientFailure = {
  readonly step: string;
  readonly happened: string;
  readonly kind: FailureKind;
  /** @default where the command could not run: how to find out whether the broker runs */
  readonly advice?: string;
};

/** A LabError about a client's broker. */
export function clientError(options: ClientOptions, failure: ClientFailure): LabError {
  const { step, happened, kind, advice = kind === 'could-not-run' ? adviceFor(options).reach : undefined } = failure;
  return new LabError({ subject: `broker ${options.address}:${options.port}`, step, happened, advice }, kind);
}

/** A CONNACK that does not accept. */
export function refusal(options: ClientOptions, code: number): LabError {
  return clientError(options, {
    step: `log in as ${options.user}`,
    happened: `the broker refused with ${codeText('CONNACK', code)}`,
    kind: 'failed',
    advice: refusalAdvice(options, code),
  });
}

/** A publish or subscription that the broker answered with a failure, or that got no answer. */
export function denial(options: ClientOptions, step: string, type: PacketType, error: unknown): LabError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'number') {
    return clientError(options, {
      step,
      happened: errorMessage(error),
      kind: 'failed',
      advice: "the cause is unknown: the broker's log may say why it did not answer",
    });
  }
  const happened = `the broker denied it with ${codeText(type, code)}`;
  const { allowed, denied } = adviceFor(options);
  return clientError(options, { step, happened, kind: 'failed', advice: options.isAllowed ? allowed : denied });
}

function refusalAdvice(options: ClientOptions, code: number): string {
  const { clientId, keepAlive, version } = options;
  switch (code) {
    case 1:
    case 132:
      return `use --mqtt ${version === 5 ? '3.1.1' : '5'}`;
    case 2:
    case 133:
      // Mosquitto also answers so to a keep alive beyond its max_keepalive
      return `use another --client-id than ${JSON.stringify(clientId)}, or a --keep-alive other than ${keepAlive}`;
    case 4:
    case 5:
    case 134:
    case 135:
      return adviceFor(options).password;
    default:
      return "the broker's log says why it refused the login";
  }
}
