import { lookup } from 'node:dns/promises';
import { ignoreFailure, LabError } from '../../base/errors.ts';
import { MOST_SLOWNESS, slowness, stretchedSeconds } from '../../base/slowness.ts';
import { ANSWER_TIMEOUT_MS, connectOnce } from '../../deployment/connect-once.ts';
import { hostEndpointAt, hostPort } from '../../deployment/endpoints.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import { portState } from '../../deployment/why-unreachable.ts';
import type { User } from '../../lab-file/lab.ts';
import { bestListener } from '../../lab-file/listeners.ts';
import type { HostEndpoint } from '../../probes/mqtt/host-endpoint.ts';
import type { HostAddress } from '../../provisioning/hosts/open.ts';
import { BROKER_UNREACHABLE } from '../harness/advice.ts';
import { type Check, type Finding, idWord, THIS_MACHINE } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { clock } from './clock.ts';
import { type PathFound, type PathOptions, probePath } from './host-path.ts';
import { blockedBy, type Layers, type Obstacle, obstacleAt, WORKS } from './judge.ts';

const BOUND_MS = 60_000;
/** A slow place may answer after the first time limit. */
const MOST_TRIES = 3;

type Start = { readonly name: string; readonly where: HostAddress };
type Goal = Pick<PathOptions, 'address' | 'port' | 'tls' | 'programs'>;

/** How far this machine, the broker's host and each Pi get on the path to the broker. Rights come after that. */
export const reach: CheckFamily = (testLab) => {
  const { broker, pis } = testLab.live;
  const [first] = testLab.lab.users;
  const [own] = goalsOf(broker.onHost, first);
  let here: Promise<PathFound> | undefined;
  const fromHere = () => {
    here ??= patiently(() => pathFromHere(testLab));
    return here;
  };
  const from = (name: string, where: HostAddress | undefined, goal: Goal): Check[] =>
    where === undefined
      ? []
      : [
          checkOf(name, `${name} runs commands, reaches the broker and starts its MQTT clients`, goal, () =>
            patiently(async () => await pathFrom(testLab, { name, where }, goal, await fromHere())),
          ),
        ];
  return [
    checkOf(THIS_MACHINE, 'this machine reaches the broker', { programs: [] }, fromHere),
    ...(own === undefined ? [] : from('broker', broker.host, { ...own, programs: ['mosquitto_pub'] })),
    ...pis.flatMap(({ name, host, broker: { listeners } }) =>
      goalsOf(listeners, first).flatMap((goal) =>
        from(name, host, { ...goal, programs: ['mosquitto_pub', 'mosquitto_sub', 'paho'] }),
      ),
    ),
    ...clock(testLab),
  ];
};

/** Where the first user's clients on a host go; empty where they can log in nowhere. */
function goalsOf(listeners: readonly LiveListener[], user: User | undefined): HostEndpoint[] {
  const best = user === undefined ? listeners[0] : bestListener(listeners, user);
  return best === undefined ? [] : [hostEndpointAt(best, user?.name ?? '')];
}

function checkOf(
  host: string,
  claim: string,
  { programs }: Pick<Goal, 'programs'>,
  go: () => Promise<PathFound>,
): Check {
  const { commands, name, tcp, mqtt } = WORKS;
  const onHost = host === THIS_MACHINE ? {} : { commands };
  return {
    id: `reach.${idWord(host === THIS_MACHINE ? 'this-machine' : host)}`,
    claim,
    expected: {
      ...onHost,
      name,
      tcp,
      mqtt,
      ...Object.fromEntries(programs.map((program) => [program, WORKS[program]])),
    },
    ...(host === THIS_MACHINE ? {} : { host }),
    proves: host,
    boundMs: MOST_TRIES * BOUND_MS,
    async run(): Promise<Finding> {
      const { layers, obstacle, isLate } = await go();
      if (obstacle === undefined) return { verdict: 'pass', observed: layers };
      const { layer, reason, advice } = obstacle;
      // the limit would have had to stretch further
      const verdict = isLate && slowness() === MOST_SLOWNESS ? 'inconclusive' : 'fail';
      return { verdict, observed: layers, reason, advice, blocks: blockedBy(layer) };
    },
  };
}

/** Probes again where a time limit passed and the lab has turned out to be slower than at the start. */
async function patiently(go: () => Promise<PathFound>): Promise<PathFound> {
  for (let tries = 1; ; tries += 1) {
    const before = slowness();
    const found = await go();
    if (!found.isLate || tries === MOST_TRIES || slowness() < 2 * before) return found;
  }
}

async function pathFromHere({ live }: TestLab): Promise<PathFound> {
  const { address, port } = live.broker;
  const path = { from: THIS_MACHINE, address, port };
  const stop = (layer: 'name' | 'tcp' | 'mqtt', words: string, layers: Layers, isLate = false): PathFound => ({
    layers: { ...layers, [layer]: words },
    obstacle: obstacleAt(layer, words, path),
    isLate,
  });
  const resolved = await lookup(address).then(
    () => true,
    () => false,
  );
  if (!resolved) return stop('name', 'not resolved', {});
  const { name, tcp, mqtt } = WORKS;
  const boundMs = stretchedSeconds(5 * ANSWER_TIMEOUT_MS) * 1_000;
  const answer = await connectOnce(live, boundMs);
  if (answer.kind !== 'silent') return { layers: { name, tcp, mqtt }, isLate: false };
  const { isConnected, isLate, text } = answer;
  return isConnected ? stop('mqtt', text, { name, tcp }, isLate) : stop('tcp', text, { name }, isLate);
}

async function pathFrom(testLab: TestLab, { name, where }: Start, goal: Goal, here: PathFound): Promise<PathFound> {
  const path = { from: name, ...goal, answersHere: here.obstacle === undefined };
  const user = testLab.lab.users[0];
  try {
    const host = await testLab.host(name, where);
    const found = await probePath(host, { ...path, user, boundMs: BOUND_MS, signal: testLab.stopped });
    return found.obstacle?.layer === 'tcp' && name !== 'broker'
      ? { ...found, obstacle: await withFirewall(testLab, found.obstacle) }
      : found;
  } catch (error) {
    if (!(error instanceof LabError) || error.kind === 'interrupted') throw error;
    const { subject, step, happened, isLate = false, advice = BROKER_UNREACHABLE } = error.trouble;
    const reason = `${subject}: ${step}: ${happened}`;
    return { layers: { commands: happened }, obstacle: { layer: 'commands', reason, advice }, isLate };
  }
}

/** Adds what the broker's host shows: the firewall there, as far as root may ask. */
async function withFirewall({ live, lab, host, stopped }: TestLab, obstacle: Obstacle): Promise<Obstacle> {
  if (live.broker.host === undefined) return obstacle;
  const broker = host('broker', live.broker.host);
  const state = await ignoreFailure(
    broker.then((opened) => portState(opened, hostPort({ lab, broker: live.broker }), stopped)),
  );
  const firewall = state?.firewall;
  if (firewall === undefined || state?.holder === undefined || state.isLoopbackOnly) return obstacle;
  const advice = `a firewall runs on the broker's host (${firewall.name}); if it blocks the port, open it there: ${firewall.open}`;
  return { ...obstacle, advice };
}
