import { randomBytes } from 'node:crypto';
import { quote } from '../../base/quote.ts';
import { shellScript } from '../../base/shell-script.ts';
import type { HostEndpoint } from '../mqtt/host-endpoint.ts';
import { freshClientId, type QoS, type Version } from '../mqtt/session.ts';
import { MESSAGE_FORMAT } from './debug-output.ts';
import { loginLines, requireShown } from './option-file.ts';

/** How a mosquitto client on a host connects. */
export type MosquittoOptions = HostEndpoint & {
  readonly topic: string;
  readonly version?: Version;
  readonly login?: { readonly user: string; readonly password?: string };
  readonly clientId?: string;
  readonly qos?: QoS;
  /** Seconds; the clients refuse less than 5. */
  readonly keepAlive?: number;
  readonly will?: { readonly topic: string; readonly payload: string; readonly qos: QoS };
};

/** Exit code of timeout(1) for a command that it ended. */
const TIMED_OUT = 124;

type Program = 'mosquitto_sub' | 'mosquitto_pub';

const SETUP = shellScript('mosquitto-options.sh', import.meta.url);

/** A subscriber that prints its control packets and messages, and its process as `CLIENT pid`. */
export function subscriberScript(options: MosquittoOptions): string {
  requireShown(options.topic);
  const words = ['stdbuf', '-oL', ...clientWords('mosquitto_sub', options), '-F', MESSAGE_FORMAT];
  return `${SETUP}
${withLogin(words, options, ' &')}client=$!
echo "CLIENT $client"
wait "$client"`;
}

/**
 * A publisher that stays connected and publishes each line that is written to its pipe; prints `LINES path`,
 * `HOLDER pid` and `CLIENT pid`.
 * @param everySecond a text that it publishes once a second, each time with a number
 */
export function publisherScript(options: MosquittoOptions, holdSeconds: number, everySecond = ''): string {
  requireShown(options.topic);
  const words = ['exec', 'stdbuf', '-oL', ...clientWords('mosquitto_pub', options), '-l'];
  const values = { hold_seconds: holdSeconds, every_second: everySecond };
  const publisher = shellScript('publisher.sh', import.meta.url, values);
  return `${SETUP}\nrun_client() {\n${withLogin(words, options)}}\n${publisher}`;
}

/** Publishes one payload of any bytes, and ends. */
export function publishScript(options: MosquittoOptions, payload: Buffer): string {
  requireShown(options.topic);
  const words = ['stdbuf', '-oL', ...clientWords('mosquitto_pub', options), '-s'];
  const write = `printf '${octal(payload)}' >"$folder/payload"`;
  return `${SETUP}\n${write}\n${withLogin(words, options, ' <"$folder/payload"')}`;
}

/** Tries one login after the other, until one gets no answer. Prints `ATTEMPT` before and `EXIT code` after each client's output. */
export function attemptsScript(optionSets: readonly MosquittoOptions[], boundSeconds: number): string {
  const attempts = optionSets.map((options) => {
    const words = ['timeout', String(boundSeconds), ...clientWords('mosquitto_sub', options), '-E'];
    // where one gets no answer at all, the others would only wait as long
    const verdict = `code=$?\necho "EXIT $code"\n[ "$code" != ${TIMED_OUT} ] || exit 0\n`;
    return `echo ATTEMPT\n${withLogin(words, options, ' 2>&1')}${verdict}`;
  });
  return `${SETUP}\n${attempts.join('')}`;
}

function clientWords(program: Program, options: MosquittoOptions): string[] {
  // without an id the clients send none, which allow_zero_length_clientid may forbid (mosquitto.conf(5))
  const { address, port, tls, topic, version = 4, clientId = freshClientId(), qos = 0, keepAlive, will } = options;
  return [
    program,
    ...['-d', '-h', address, '-p', String(port), '-t', topic, '-q', String(qos)],
    ...(tls === undefined ? [] : ['--cafile', tls.ca]),
    ...(tls?.certificate === undefined ? [] : ['--cert', tls.certificate.chain, '--key', tls.certificate.key]),
    ...['-V', version === 5 ? '5' : '311'],
    ...['-i', clientId],
    ...(keepAlive === undefined ? [] : ['-k', String(keepAlive)]),
    ...(will === undefined
      ? []
      : ['--will-topic', will.topic, '--will-payload', will.payload, '--will-qos', String(will.qos)]),
  ];
}

/** The command with its login on descriptor 3, as a here-document. */
function withLogin(words: readonly string[], { login }: MosquittoOptions, redirections = ''): string {
  const end = `END-${randomBytes(8).toString('hex')}`;
  const lines = login === undefined ? [] : loginLines(login);
  return `${words.map(quote).join(' ')} 3<<'${end}'${redirections}\n${[...lines, end].join('\n')}\n`;
}

function octal(payload: Buffer): string {
  return [...payload].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
