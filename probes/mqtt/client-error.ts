import { errorMessage, type FailureKind, LabError } from '../../base/errors.ts';
import type { ClientOptions } from './client-options.ts';
import { codeText } from './code-text.ts';
import type { PacketType } from './packet.ts';

const REACH = './lab status shows whether the broker is running; ./lab up starts it';
const RIGHTS = "the lab file's topics say who may do what; ./lab up applies it to the broker";

export type ClientFailure = {
  readonly step: string;
  readonly happened: string;
  readonly kind: FailureKind;
  /** @default where the command could not run: how to find out whether the broker runs */
  readonly advice?: string;
};

/** A LabError about a client's broker. */
export function clientError({ address, port }: ClientOptions, failure: ClientFailure): LabError {
  const { step, happened, kind, advice = kind === 'could-not-run' ? REACH : undefined } = failure;
  return new LabError({ subject: `broker ${address}:${port}`, step, happened, advice }, kind);
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
    return clientError(options, { step, happened: errorMessage(error), kind: 'failed', advice: REACH });
  }
  const happened = `the broker denied it with ${codeText(type, code)}`;
  return clientError(options, { step, happened, kind: 'failed', advice: RIGHTS });
}

function refusalAdvice({ clientId, keepAlive, version }: ClientOptions, code: number): string {
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
      return 'run ./lab up, which applies the passwords of the lab file';
    default:
      return REACH;
  }
}
