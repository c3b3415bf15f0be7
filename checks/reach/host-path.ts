import { printable } from '../../base/paint.ts';
import { shellScript } from '../../base/shell-script.ts';
import { stretchedSeconds } from '../../base/slowness.ts';
import { connectPacket } from '../../deployment/connect-once.ts';
import type { User } from '../../lab-file/lab.ts';
import { attemptLogins } from '../../probes/clients/login-attempts.ts';
import type { HostEndpoint } from '../../probes/mqtt/host-endpoint.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import { loginOf } from '../harness/test-lab.ts';
import { type BrokerPath, type Layer, type Layers, type Obstacle, obstacleAt, WORKS } from './judge.ts';

/** Exit code of timeout(1) for a command that it ended. */
const TIMED_OUT = 124;

/** Bound on the connection and on the broker's answer together. */
const ANSWER_MS = 10_000;

type Program = Extract<Layer, 'mosquitto_pub' | 'mosquitto_sub' | 'paho'>;

export type PathOptions = BrokerPath &
  Pick<HostEndpoint, 'tls'> & {
    readonly user: User | undefined;
    /** Client programs that must start on the host. */
    readonly programs: readonly Program[];
    readonly boundMs: number;
    readonly signal: AbortSignal;
  };

/** How far a host gets on its path to the broker. `isLate`: a time limit passed, so that a slow machine may need longer. */
export type PathFound = { readonly layers: Layers; readonly obstacle?: Obstacle; readonly isLate: boolean };

/** Probes the path from a host to the broker, layer by layer, in one command: name, TCP, MQTT, client programs. */
export async function probePath(host: Host, options: PathOptions): Promise<PathFound> {
  const { address, port, tls, user, programs, boundMs, signal } = options;
  const bound = Math.ceil(stretchedSeconds(ANSWER_MS));
  const connect = tls === undefined ? octal(connectPacket(user)) : '';
  const values = { address, port, connect, bound, programs };
  const script = shellScript('reach.sh', import.meta.url, values);
  const { stdout } = await run(host, { step: 'reach the broker', script, timeoutMs: boundMs, signal });
  if (tls === undefined) return readPath(stdout, options);
  const found = readPath(`${stdout}\nmqtt\t${CONNACK}`, options);
  if (found.obstacle !== undefined) return found;
  const failure = await withoutConnack(host, options);
  if (failure === undefined) return found;
  const { words, isLate } = failure;
  const { mqtt: _, ...layers } = found.layers;
  return { layers: { ...layers, mqtt: words }, obstacle: obstacleAt('mqtt', words, options), isLate };
}

/** What mosquitto_sub says over TLS when it gets no CONNACK; undefined where it gets one. */
async function withoutConnack(
  host: Host,
  { address, port, tls, user, boundMs, signal }: PathOptions,
): Promise<{ readonly words: string; readonly isLate: boolean } | undefined> {
  const login = user === undefined ? {} : { login: loginOf(user) };
  const at = { address, port, ...(tls === undefined ? {} : { tls }), topic: 'mqtt-lab', ...login };
  const [attempt] = await attemptLogins(host, [at], { boundMs, signal });
  if (attempt?.packets.some(({ type }) => type === 'CONNACK')) return undefined;
  const words = attempt?.lines.findLast((line) => !line.startsWith('Client '));
  return {
    words: printable(words ?? 'mosquitto_sub gets no CONNACK over TLS'),
    isLate: attempt?.exitCode === TIMED_OUT,
  };
}

/** Reads the lines of reach.sh. */
export function readPath(stdout: string, { programs, ...path }: BrokerPath & Pick<PathOptions, 'programs'>): PathFound {
  const found = new Map(
    stdout.split('\n').map((line): [string, string] => {
      const [layer = '', words = ''] = line.split('\t');
      return [layer, words.trim()];
    }),
  );
  const late = found.get('late');
  const layers: { [layer in Layer]?: string } = { commands: WORKS.commands };
  const stop = (layer: Exclude<Layer, 'commands'>, words: string): PathFound => ({
    layers: { ...layers, [layer]: words },
    obstacle: obstacleAt(layer, words, path),
    isLate: late !== undefined,
  });
  if (!found.get('name')) return stop('name', 'not resolved');
  layers.name = WORKS.name;
  if (found.get('tcp') !== WORKS.tcp) return stop('tcp', tcpWords(found.get('tcp') ?? '', late));
  layers.tcp = WORKS.tcp;
  const answer = found.get('mqtt') ?? '';
  if (!answer.startsWith(CONNACK)) return stop('mqtt', answerWords(answer, late));
  layers.mqtt = WORKS.mqtt;
  for (const program of programs) {
    const words = found.get(program);
    if (words !== undefined) return stop(program, programWords(words) || `${program} prints nothing`);
    layers[program] = WORKS[program];
  }
  return { layers, isLate: false };
}

/** Without the shell's own words, as in `sh: 31: eval: mosquitto_sub: not found`. */
function programWords(words: string): string {
  return printable(words.replace(/^\S*sh: (line )?\d+: (eval: )?/, ''));
}

/** The first byte of a CONNACK of any version: it accepts or refuses, and either is an answer. */
const CONNACK = '20';

/** bash prints `bash: connect: Connection refused`, then its own line number. */
function tcpWords(words: string, late: string | undefined): string {
  if (late !== undefined) return `no answer within ${late} s`;
  return words.replace(/^.*: /, '') || 'no connection';
}

function answerWords(answer: string, late: string | undefined): string {
  if (answer !== '') {
    const bytes = Buffer.from(answer.replaceAll(' ', ''), 'hex');
    return `the answer begins with ${JSON.stringify(printable(bytes.toString('latin1')))}`;
  }
  return late === undefined
    ? 'the listener closes the connection without a CONNACK'
    : `the listener sends no CONNACK within ${late} s`;
}

/** Bytes as printf(1) takes them. */
function octal(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
