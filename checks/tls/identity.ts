import { LabError } from '../../base/errors.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import type { Lab, Listener, User } from '../../lab-file/lab.ts';
import { bestListener } from '../../lab-file/listeners.ts';
import { may, writes } from '../../lab-file/may.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { observerOf, publisherOf } from '../harness/roles.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

const BOUND_MS = 60_000;

/** A user with a certificate, another one whose login stands in the CONNECT, and a right that only one of them has. */
export type Impostor = {
  readonly topic: string;
  readonly right: 'publish' | 'subscribe';
  readonly owner: User;
  readonly named: User;
  /** Whether the right is the owner's. */
  readonly isDue: boolean;
  readonly observer: User;
  readonly publisher: User;
};

/** Where the certificate names the user, the name in the CONNECT changes nothing: shown by a right that only one of them has. */
export function identityChecks(testLab: TestLab): Check[] {
  const byName = testLab.live.broker.listeners.filter(({ tls }) => tls?.identity === 'common-name');
  return byName.map((listener) => identityCheck(testLab, listener));
}

function identityCheck(testLab: TestLab, listener: LiveListener): Check {
  const { port } = listener;
  const impostor = findImpostor(testLab.lab, listener);
  const id = `tls.identity.${port}` as const;
  if (impostor === undefined) {
    const claim = `at port ${port} the certificate names the user, whatever the CONNECT says`;
    return notApplicable({ id, claim }, 'all users have the same rights as those with a certificate');
  }
  const { owner, named, topic, right, isDue } = impostor;
  return {
    id,
    claim: `at port ${port} a client with ${owner.name}'s certificate and ${named.name}'s login is ${owner.name}: it ${isDue ? 'may' : 'may not'} ${right === 'publish' ? 'publish' : 'subscribe'} to ${topic}`,
    expected: { tookEffect: isDue },
    boundMs: BOUND_MS,
    run: () => impersonate(testLab, listener, impostor),
  };
}

/** Prefers a right that only the other user has. */
export function findImpostor(lab: Lab, listener: Listener): Impostor | undefined {
  const owners = lab.users.filter((user) => user.certificate !== undefined && bestListener([listener], user));
  const has = ({ name }: User, right: Impostor['right'], topic: string) =>
    right === 'publish' ? writes(lab, name, topic) : may(lab, name, 'subscribe', topic);
  const found = lab.topics.flatMap(({ name: topic }) => {
    const [observer, publisher] = [observerOf(lab, topic), publisherOf(lab, topic)];
    if (observer === undefined || publisher === undefined) return [];
    return (['publish', 'subscribe'] as const).flatMap((right) =>
      owners.flatMap((owner) => {
        const isDue = has(owner, right, topic);
        const others = lab.users.filter((user) => has(user, right, topic) !== isDue);
        return others.map((named) => ({ topic, right, owner, named, isDue, observer, publisher }));
      }),
    );
  });
  return found.find(({ isDue }) => !isDue) ?? found[0];
}

async function impersonate(testLab: TestLab, listener: LiveListener, impostor: Impostor): Promise<Finding> {
  const { owner, named, isDue } = impostor;
  const opened = await openImpostor(testLab.at(listener), owner, named);
  if ('refused' in opened) return { verdict: 'pass', observed: opened };
  await using client = opened.client;
  await using seeing = await testLab.raw(impostor.observer);
  await using sending = await testLab.raw(impostor.publisher);
  const payload = Buffer.from(`identity ${nonce()}`);
  const tookEffect = await act(impostor, { client, seeing, sending }, payload);
  const became = isDue ? `is not ${owner.name}` : `is ${named.name}`;
  const reason = `the client ${became}: its ${impostor.right === 'publish' ? 'message' : 'subscription'} ${tookEffect ? 'took effect' : 'had no effect'}`;
  return {
    ...(tookEffect === isDue ? { verdict: 'pass' as const } : { verdict: 'fail' as const, reason }),
    observed: { tookEffect },
    evidence: [client, seeing].flatMap(({ packets }, index) =>
      evidence(index === 0 ? owner.name : impostor.observer.name, ownPackets(packets, [payload])),
    ),
  };
}

type Sessions = Readonly<Record<'client' | 'seeing' | 'sending', RawSession>>;

/** Publishes or subscribes as the impostor. Returns whether that had an effect by the time a later message had arrived. */
async function act({ topic, right, isDue }: Impostor, { client, seeing, sending }: Sessions, payload: Buffer) {
  await seeing.subscribe(topic, 1);
  const receiver = right === 'publish' ? seeing : client;
  if (right === 'publish') await client.publish(topic, payload, { qos: 1 });
  else await client.subscribe(topic, 1);
  await client.barrier();
  if (right === 'subscribe') await mustPublish(sending, topic, payload, { qos: 1 });
  const last = Buffer.from(`sentinel ${nonce()}`);
  await mustPublish(sending, topic, last, { qos: 1 });
  await seeing.packet(isMessage(last), 'sentinel');
  await client.barrier();
  if (!isDue) return receiver.packets.some(isMessage(payload));
  return await receiver.packet(isMessage(payload), 'message').then(
    () => true,
    () => false,
  );
}

/** An external broker may refuse two names at once. */
async function openImpostor(testLab: TestLab, owner: User, named: User) {
  try {
    return { client: await testLab.raw(owner, { login: loginOf(named) }) };
  } catch (error) {
    if (testLab.brokerKind === 'lab' || !(error instanceof LabError) || error.kind !== 'failed') throw error;
    return { refused: error.trouble.happened };
  }
}
