import type { LivePi } from '../../deployment/live-lab.ts';
import { awaitReboot, bootMark, orderReboot, planReboot, REBOOT_BOUND_MS } from '../../pi/reboot.ts';
import { startSubscriber } from '../../probes/clients/mosquitto-client.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { openHost } from '../../provisioning/hosts/open.ts';
import { startUncleanClient } from '../fixtures/client-on-pi.ts';
import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { since, type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import { newWill } from '../fixtures/will-owner.ts';
import { anyWillRoles, type WillRoles } from '../fixtures/will-roles.ts';
import { judgeWills, type WillOptions } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { nonce } from '../harness/messages.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

const VERSION = 4;
/** The shortest that the mosquitto clients take: where nobody closes the connection, its expiry brings the will. */
const KEEP_ALIVE_S = 5;
const ARRIVAL_MS = 10_000;
const BOUND_MS = REBOOT_BOUND_MS + 60_000;

type Rebooted =
  | { readonly kind: 'impossible'; readonly reason: string }
  | {
      readonly kind: 'rebooted';
      readonly will: WillOptions;
      readonly wills: readonly Packet[];
      readonly willAfterMs: number | undefined;
      readonly backAfterMs: number;
      /** Copies of a message that a client there received after the reboot. */
      readonly copies: number;
      readonly packets: readonly object[];
    };

/** A reboot of each Pi under a client with a last will. */
export function rebootedPis(testLab: TestLab): Check[] {
  const withObserver = willObservers(testLab);
  const roles = anyWillRoles(testLab.lab);
  const { pis, broker } = testLab.live;
  const { toMs } = expiryWindow(KEEP_ALIVE_S, broker.version);
  if (pis.length === 0) {
    const named = { id: 'restart.pi', claim: 'a Pi that is rebooted leaves its last will and comes back' } as const;
    return [{ ...notApplicable(named, 'lab.yaml declares no Pi'), scope: 'disruptive' }];
  }
  return pis.flatMap((pi): Check[] => {
    let episode: Promise<Rebooted> | undefined;
    const make = (
      aspect: string,
      claim: string,
      expected: object,
      judge: (seen: Extract<Rebooted, { kind: 'rebooted' }>) => Finding,
    ): Check => {
      const named = { id: `restart.pi.${idWord(pi.name)}.${aspect}`, claim } as const;
      if (roles === undefined) {
        const reason = 'lab.yaml has no topic with a last will that somebody may see';
        return { ...notApplicable(named, reason), scope: 'disruptive' };
      }
      return {
        ...named,
        expected,
        host: pi.name,
        scope: 'disruptive',
        boundMs: BOUND_MS,
        async run() {
          episode ??= reboot(testLab, withObserver, roles, pi, toMs);
          const seen = await episode;
          if (seen.kind === 'impossible') return { verdict: 'skipped', observed: null, reason: seen.reason };
          return { ...judge(seen), evidence: seen.packets };
        },
      };
    };
    return [
      make(
        'will',
        `a client on ${pi.name} leaves one last will when its machine is rebooted, by keep-alive expiry at the latest`,
        { wills: 1 },
        ({ will, wills, willAfterMs }) => ({
          ...judgeWills(will, 1, wills),
          observed: { wills: wills.length, willAfterMs },
        }),
      ),
      make(
        'reconnect',
        `after a reboot of ${pi.name} its clients connect and receive`,
        { copies: 1 },
        ({ copies, backAfterMs }) => {
          const observed = { copies, backAfterMs };
          if (copies === 1) return { verdict: 'pass', observed };
          return { verdict: 'fail', observed, reason: `${copies} copies of a message arrived, not one` };
        },
      ),
    ];
  });
}

async function reboot(
  testLab: TestLab,
  withObserver: WithWillObserver,
  roles: WillRoles,
  pi: LivePi,
  toMs: number,
): Promise<Rebooted> {
  await using before = await openHost(pi.name, pi.host, testLab.stopped);
  const mark = await bootMark(before);
  const how = await planReboot(testLab.lab, pi.name, mark);
  if (how.kind === 'forbidden') return { kind: 'impossible', reason: how.reason };
  return await withObserver(roles, VERSION, async (observer) => {
    const { text, ...will } = newWill(roles);
    const { topic, owner } = roles;
    const left = { ...will, payload: will.payload.toString() };
    const who = { login: loginOf(owner), clientId: `lab-${nonce()}` };
    const options = { ...pi.broker, ...who, topic, keepAlive: KEEP_ALIVE_S, will: left };
    const limits = { boundMs: REBOOT_BOUND_MS, signal: testLab.stopped };
    // not mosquitto_sub, which says DISCONNECT when a shutdown ends it by TERM
    const client = await startUncleanClient(before, 'publisher', options, limits);
    const orderedAt = now();
    await orderReboot(before, how);
    const first = await observer.first(text, toMs + ARRIVAL_MS);
    await using after = await awaitReboot(testLab.lab, pi.name, mark, testLab.stopped);
    const backAfterMs = since(orderedAt);
    const wills = await observer.untilSentinel(text);
    const copies = await received(testLab, after, pi, roles);
    const packets = [...client.evidence(), ...observer.evidence(text)];
    const willAfterMs = first === undefined ? undefined : since(orderedAt, first);
    return { kind: 'rebooted', will, wills, willAfterMs, backAfterMs, copies, packets };
  });
}

/** Has the Pi's mosquitto_sub receive a message of this machine, and one more to see that no second copy comes before it. */
async function received(
  testLab: TestLab,
  host: Host,
  pi: LivePi,
  { topic, observer, publisher }: WillRoles,
): Promise<number> {
  const limits = { boundMs: 3 * ARRIVAL_MS, signal: testLab.stopped };
  const options = { ...pi.broker, topic, login: loginOf(observer), keepAlive: testLab.broker.keepAlive };
  await using client = startSubscriber(host, options, limits);
  await client.packets.first(({ type }) => type === 'SUBACK', 'SUBACK', ARRIVAL_MS);
  await using writing = await testLab.raw(publisher);
  const [payload, last] = [Buffer.from(`back ${nonce()}`), Buffer.from(`sentinel ${nonce()}`)];
  await writing.publish(topic, payload, { qos: 1 });
  await writing.publish(topic, last, { qos: 1 });
  await client.messages.first((message) => message.payload.equals(last), 'message after the reboot', ARRIVAL_MS);
  return client.messages.items.filter((message) => message.payload.equals(payload)).length;
}
