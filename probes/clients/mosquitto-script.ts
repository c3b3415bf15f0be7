import { randomBytes } from 'node:crypto';
import { quote } from '../../base/quote.ts';
import type { QoS, Version } from '../mqtt/session.ts';
import { MESSAGE_FORMAT } from './debug-output.ts';

/** How a mosquitto client on a host is to connect. */
export type ClientOptions = {
  readonly address: string;
  readonly port: number;
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

/**
 * The clients read default options from `$XDG_CONFIG_HOME/mosquitto_sub` and `…_pub` (mosquitto_sub(1), FILES). That file is a link to the
 * descriptor of a pipe, so that a password is in no file, no argument list and no environment, and nothing is left of it if all is killed.
 */
const SETUP = `dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
ln -s /dev/fd/3 "$dir/mosquitto_sub"
ln -s /dev/fd/3 "$dir/mosquitto_pub"
export XDG_CONFIG_HOME="$dir"
`;

/** A subscriber that prints its control packets and messages; tells its process as `CLIENT n`. */
export function subscriberScript(options: ClientOptions): string {
  const words = ['stdbuf', '-oL', ...clientWords('mosquitto_sub', options), '-F', MESSAGE_FORMAT];
  return `${SETUP}${withLogin(words, options, ' &')}client=$!
echo "CLIENT $client"
wait "$client"`;
}

/**
 * A publisher that stays connected and publishes each line that is written to `$dir/lines`; tells `LINES path`, `HOLDER n`, `CLIENT n`. With
 * `everySecond`, a text, such a line is written there once a second, each with its number.
 */
export function publisherScript(options: ClientOptions, holdSeconds: number, everySecond?: string): string {
  const words = ['stdbuf', '-oL', ...clientWords('mosquitto_pub', options), '-l'];
  const hold =
    everySecond === undefined
      ? `sleep ${holdSeconds}`
      : `{ n=0; while [ $n -lt ${holdSeconds} ]; do echo ${quote(everySecond)} $n; n=$((n + 1)); sleep 1; done; }`;
  return `${SETUP}mkfifo "$dir/lines"
${hold} >"$dir/lines" &
holder=$!
trap 'rm -rf "$dir"; kill "$holder" 2>/dev/null' EXIT
${withLogin(words, options, ' <"$dir/lines" &')}client=$!
echo "LINES $dir/lines"
echo "HOLDER $holder"
echo "CLIENT $client"
wait "$client"`;
}

/** Publishes one payload, whatever its bytes, and ends. */
export function publishScript(options: ClientOptions, payload: Buffer): string {
  const words = ['stdbuf', '-oL', ...clientWords('mosquitto_pub', options), '-s'];
  return `${SETUP}printf '${octal(payload)}' >"$dir/payload"
${withLogin(words, options, ' <"$dir/payload"')}`;
}

/** Tries one login after the other, until one gets no answer: `ATTEMPT` before each, what the client prints, `EXIT code` after it. */
export function attemptsScript(optionSets: readonly ClientOptions[], boundSeconds: number): string {
  const attempts = optionSets.map((options) => {
    const words = ['timeout', String(boundSeconds), ...clientWords('mosquitto_sub', options), '-E'];
    // where one gets no answer at all, the others would only wait as long
    const verdict = `code=$?\necho "EXIT $code"\n[ "$code" != ${TIMED_OUT} ] || exit 0\n`;
    return `echo ATTEMPT\n${withLogin(words, options, ' 2>&1')}${verdict}`;
  });
  return `${SETUP}${attempts.join('')}`;
}

function clientWords(program: Program, options: ClientOptions): string[] {
  const { address, port, topic, version = 4, clientId, qos = 0, keepAlive, will } = options;
  return [
    program,
    ...['-d', '-h', address, '-p', String(port), '-t', topic, '-q', String(qos)],
    ...['-V', version === 5 ? '5' : '311'],
    ...(clientId === undefined ? [] : ['-i', clientId]),
    ...(keepAlive === undefined ? [] : ['-k', String(keepAlive)]),
    ...(will === undefined
      ? []
      : ['--will-topic', will.topic, '--will-payload', will.payload, '--will-qos', String(will.qos)]),
  ];
}

/** The command with its login on descriptor 3, as a here-document. */
function withLogin(words: readonly string[], { login }: ClientOptions, redirections: string): string {
  const end = `END-${randomBytes(8).toString('hex')}`;
  const lines = [
    ...(login === undefined ? [] : [`-u ${oneLine('user name', login.user)}`]),
    ...(login?.password === undefined ? [] : [`-P ${oneLine('password', login.password)}`]),
  ];
  return `${words.map(quote).join(' ')} 3<<'${end}'${redirections}\n${[...lines, end].join('\n')}\n`;
}

function oneLine(what: string, text: string): string {
  if (/[\r\n\0]/.test(text)) throw new Error(`the mosquitto clients cannot be given a ${what} with a line end in it`);
  return text;
}

function octal(payload: Buffer): string {
  return [...payload].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
