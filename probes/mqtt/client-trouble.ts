import { errorMessage, type FailureKind, LabError } from '../../base/errors.ts';
import type { ClientOptions } from './client-options.ts';
import { codeText } from './code-text.ts';
import type { PacketType } from './packet.ts';

const REACH = './lab status tells whether the broker runs; ./lab up starts it';
const RIGHTS = "the lab file's topics say who may do what; ./lab up brings the broker to it";

/** A LabError about a client's broker; where it could not run, the advice is how to see whether the broker is there. */
export function trouble(
  { address, port }: ClientOptions,
  step: string,
  happened: string,
  kind: FailureKind,
  advice: string | undefined = kind === 'could-not-run' ? REACH : undefined,
): LabError {
  return new LabError({ subject: `broker ${address}:${port}`, step, happened, advice }, kind);
}

/** A CONNACK that does not accept. */
export function refusal(options: ClientOptions, code: number): LabError {
  const happened = `the broker refused with ${codeText('CONNACK', code)}`;
  return trouble(options, `log in as ${options.user}`, happened, 'failed', refusalAdvice(options, code));
}

/** A publish or subscription that the broker answered with a failure, or that got no answer. */
export function denial(options: ClientOptions, step: string, type: PacketType, error: unknown): LabError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'number') {
    return trouble(options, step, `the broker denied it with ${codeText(type, code)}`, 'failed', RIGHTS);
  }
  return trouble(options, step, errorMessage(error), 'failed', REACH);
}

function refusalAdvice({ clientId, keepAlive, version }: ClientOptions, code: number): string {
  switch (code) {
    case 1:
    case 132:
      return `--mqtt ${version === 5 ? '3.1.1' : '5'}`;
    case 2:
    case 133:
      // Mosquitto answers so to a keep alive beyond its max_keepalive too
      return `another --client-id than ${JSON.stringify(clientId)}, or a --keep-alive other than ${keepAlive}`;
    case 4:
    case 5:
    case 134:
    case 135:
      return 'see that the lab is up with the passwords of the lab file: ./lab up';
    default:
      return REACH;
  }
}
