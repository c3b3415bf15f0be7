import { endpointOn } from '../../deployment/endpoints.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import { awaitReboot, bootMark, orderReboot, planReboot, REBOOT_BOUND_MS } from '../../pi/reboot.ts';
import { startSubscriber } from '../../probes/clients/mosquitto-client.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { openHost } from '../../provisioning/hosts/open.ts';
import { startUncleanClient } from '../fixtures/client-on-pi.ts';
import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { since, type WillObserver, willObservers } from '../fixtures/will-observer.ts';
import { newWill } from '../fixtures/will-owner.ts';
import { anyWillRoles, type WillRoles } from '../fixtures/will-roles.ts';
import { judgeWills, type WillOptions } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { nonce } from '../harness/messages.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

const scope = 'disruptive';
const VERSION = 4;
/** The shortest that the mosquitto clients accept: where nothing closes the connection, its expiry publishes the will. */
const KEEP_ALIVE_S = 5;
const ARRIVAL_MS = 10_000;
const BOUND_MS = REBOOT_BOUND_MS + 60_000;

/** Why a check of a last will does not apply. */
export const NO_WILL = 'lab.yaml has no topic with a last will and a subscriber';

/** What was seen of a reboot. */
type SeenReboot = {
  readonly kind: 'rebooted';
  readonly will: WillOptions;
  readonly wills: readonly Packet[];
  readonly willAfterMs: number | undefined;
  readonly backAfterMs: number;
  /** Copies of a message that a client on the Pi received after the reboot. */
  readonly copies: number;
  readonly packets: readonly object[];
};
type Reboot = SeenReboot | { readonly kind: 'impossible'; readonly reason: string };

type Aspect = {
  readonly name: 'will' | 'reconnect';
  readonly claim: (pi: string) => string;
  readonly expected: object;
  readonly judge: (seen: SeenReboot) => Finding;
};

const ASPECTS: readonly Aspect[] = [
  {
    name: 'will',
    claim: (pi) =>
      `a client on ${pi} leaves one last will when its machine reboots, at keep-alive expiry at the latest`,
    expected: { wills: 1 },
    judge: ({ will, wills, willAfterMs }) => ({
      ...judgeWills(will, 1, wills),
      observed: { wills: wills.length, willAfterMs },
    }),
  },
  {
    name: 'reconnect',
    claim: (pi) => `after a reboot of ${pi} its clients connect and receive`,
    expected: { copies: 1 },
    judge: ({ copies, backAfterMs }) => {
      const observed = { copies, backAfterMs };
      if (copies === 1) return { verdict: 'pass', observed };
      return { verdict: 'fail', observed, reason: `${copies} copies of a message arrived, not one` };
    },
  },
];

/** Reboots each Pi while a client with a last will runs there. */
export function rebootedPis(testLab: TestLab): Check[] {
  const withObserver = willObservers(testLab);
  const roles = anyWillRoles(testLab.lab);
  const { pis } = testLab.live;
  if (pis.length === 0) {
    const claim = 'a client on a Pi that reboots leaves its last will, and the Pi comes back';
    return [{ ...notApplicable({ id: 'restart.pi', claim }, 'lab.yaml declares no Pi'), scope }];
  }
  return pis.flatMap((pi): Check[] => {
    // one reboot for both aspects
    let rebooted: Promise<Reboot> | undefined;
    return ASPECTS.map(({ name, claim, expected, judge }): Check => {
      const named = { id: `restart.pi.${idWord(pi.name)}.${name}`, claim: claim(pi.name), host: pi.name } as const;
      if (roles === undefined) return { ...notApplicable(named, NO_WILL), scope };
      return {
        ...named,
        expected,
        scope,
        boundMs: BOUND_MS,
        async run() {
          rebooted ??= withObserver(roles, VERSION, (observer) => reboot(testLab, observer, roles, pi));
          const seen = await rebooted;
          if (seen.kind === 'impossible') return { verdict: 'skipped', observed: null, reason: seen.reason };
          return { ...judge(seen), evidence: seen.packets };
        },
      };
    });
  });
}

async function reboot(testLab: TestLab, observer: WillObserver, roles: WillRoles, pi: LivePi): Promise<Reboot> {
  await using before = await openHost(pi.name, pi.host, testLab.stopped);
  const mark = await bootMark(before);
  const how = await planReboot(testLab.lab, pi.name, mark);
  if (how.kind === 'forbidden') return { kind: 'impossible', reason: how.reason };
  const { text, ...will } = newWill(roles);
  const options = {
    ...endpointOn(pi, roles.owner),
    login: loginOf(roles.owner),
    clientId: `lab-${nonce()}`,
    topic: roles.topic,
    keepAlive: KEEP_ALIVE_S,
    will: { ...will, payload: will.payload.toString() },
  };
  const limits = { boundMs: REBOOT_BOUND_MS, signal: testLab.stopped };
  // mosquitto_sub would send DISCONNECT upon the TERM of a shutdown
  const client = await startUncleanClient(before, 'publisher', options, limits);
  const orderedAt = now();
  await orderReboot(before, how);
  const { toMs } = expiryWindow(KEEP_ALIVE_S, testLab.live.broker.version);
  const first = await observer.first(text, toMs + ARRIVAL_MS);
  await using after = await awaitReboot(testLab.lab, pi.name, mark, testLab.stopped);
  const backAfterMs = since(orderedAt);
  const wills = await observer.untilSentinel(text);
  const copies = await copiesReceived(testLab, after, pi, roles);
  const packets = [...client.evidence(), ...observer.evidence(text)];
  const willAfterMs = first === undefined ? undefined : since(orderedAt, first);
  return { kind: 'rebooted', will, wills, willAfterMs, backAfterMs, copies, packets };
}

/** How many copies of a message the Pi's mosquitto_sub receives before the next message. */
async function copiesReceived(
  testLab: TestLab,
  host: Host,
  pi: LivePi,
  { topic, observer, publisher }: WillRoles,
): Promise<number> {
  const limits = { boundMs: 3 * ARRIVAL_MS, signal: testLab.stopped };
  const options = { ...endpointOn(pi, observer), topic, login: loginOf(observer), keepAlive: testLab.broker.keepAlive };
  await using client = startSubscriber(host, options, limits);
  await client.packets.first(({ type }) => type === 'SUBACK', 'SUBACK', ARRIVAL_MS);
  await using sending = await testLab.raw(publisher);
  const [payload, last] = [Buffer.from(`back ${nonce()}`), Buffer.from(`sentinel ${nonce()}`)];
  await sending.publish(topic, payload, { qos: 1 });
  await sending.publish(topic, last, { qos: 1 });
  await client.messages.first((message) => message.payload.equals(last), 'message after the reboot', ARRIVAL_MS);
  return client.messages.items.filter((message) => message.payload.equals(payload)).length;
}
