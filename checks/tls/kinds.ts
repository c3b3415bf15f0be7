import { atMost } from '../../base/limit.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { bestListener, listenerText } from '../../lab-file/listeners.ts';
import { may } from '../../lab-file/may.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, silentOwner } from '../fixtures/silent-client.ts';
import { type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import { type Check, notApplicable } from '../harness/check.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import { NO_TOPIC_ROLES, observerOf, publisherOf } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { rolesAt, sameMessage } from './message.ts';

const BOUND_MS = 60_000;
/** The quick checks wait for no longer expiry. */
const KEEP_ALIVE_S = 5;

const limit = atMost(6);

/** A listener of a kind that no other family uses, and the one to compare it with. */
export type FurtherKind = { readonly listener: LiveListener; readonly reference: LiveListener };

/** Login, a message of QoS 2 and a last will over each kind of listener that is nobody's best one. */
export function kindChecks(testLab: TestLab): Check[] {
  const withObserver = willObservers(testLab);
  return furtherKinds(testLab.lab.users, testLab.live.broker.listeners).flatMap((further) =>
    VERSIONS.flatMap((version) => [
      loginCheck(testLab, further, version),
      messageCheck(testLab, further, version),
      willCheck(testLab, withObserver, further, version),
    ]),
  );
}

/** The first listener of each kind that the other families leave out, and that a user can use. */
export function furtherKinds(users: readonly User[], listeners: readonly LiveListener[]): FurtherKind[] {
  const best = users.flatMap((user) => bestListener(listeners, user) ?? []);
  const known = new Set(best.map(listenerText));
  const plain = listeners.find(({ tls, protocol }) => tls === undefined && protocol === 'mqtt');
  return listeners.flatMap((listener) => {
    const kind = listenerText(listener);
    if (known.has(kind) || usersAt(users, listener).length === 0) return [];
    known.add(kind);
    const reference = listener === plain ? best[0] : (plain ?? best[0]);
    return reference === undefined ? [] : [{ listener, reference }];
  });
}

function usersAt(users: readonly User[], listener: LiveListener): User[] {
  return users.filter((user) => bestListener([listener], user) !== undefined);
}

function named({ listener }: FurtherKind, version: Version, word: string, claim: string) {
  const { port } = listener;
  return {
    id: `tls.${word}.${port}.${tagOf(version)}`,
    claim: `${claim} over ${listenerText(listener)} (port ${port}), ${overOf(version)}`,
    version,
    boundMs: BOUND_MS,
    limit,
  } as const;
}

function loginCheck(testLab: TestLab, further: FurtherKind, version: Version): Check {
  const users = usersAt(testLab.lab.users, further.listener);
  const names = users.map(({ name }) => name);
  return {
    ...named(further, version, 'login', `${names.join(', ')} log in`),
    expected: { accepted: names },
    async run() {
      for (const user of users) {
        await using _session = await testLab.at(further.listener).raw(user, { version });
      }
      return { verdict: 'pass', observed: { accepted: names } };
    },
  };
}

function messageCheck(testLab: TestLab, further: FurtherKind, version: Version): Check {
  const { listener, reference } = further;
  const check = named(further, version, 'message', 'a message of QoS 2 arrives once');
  const claim = `${check.claim}, in the same packets as over ${listenerText(reference)} (port ${reference.port})`;
  const roles = rolesAt(testLab.lab, listener);
  const why = roles === undefined ? NO_TOPIC_ROLES : whyUnsupported(testLab, { qos: 2 });
  if (roles === undefined || why !== undefined) return notApplicable({ ...check, claim }, why ?? NO_TOPIC_ROLES);
  return {
    ...check,
    claim,
    expected: { copies: 1 },
    run: () => sameMessage(testLab.at(listener), testLab.at(reference), { roles, version }),
  };
}

function willCheck(testLab: TestLab, withObserver: WithWillObserver, further: FurtherKind, version: Version): Check {
  const check = named(further, version, 'will', 'a silent client leaves its last will at keep-alive expiry');
  const roles = willRolesAt(testLab.lab, further.listener);
  if (roles === undefined)
    return notApplicable(check, 'no user of this listener may leave a last will that another one sees');
  const { fromMs, toMs } = expiryWindow(KEEP_ALIVE_S, testLab.live.broker.version);
  return {
    ...check,
    expected: { wills: 1, keepAlive: KEEP_ALIVE_S, fromMs, toMs },
    waits: true,
    boundMs: toMs + AROUND_EXPIRY_MS,
    run: () => silentOwner(testLab.at(further.listener), withObserver, { roles, version, keepAlive: KEEP_ALIVE_S }),
  };
}

/** The roles of a last will whose owner may log in at the listener; the others log in where they do best. */
function willRolesAt(lab: Lab, listener: LiveListener): WillRoles | undefined {
  const owners = usersAt(lab.users, listener);
  for (const { name: topic } of lab.topics) {
    const owner = owners.find(({ name }) => may(lab, name, 'lastWill', topic));
    const [observer, publisher] = [observerOf(lab, topic), publisherOf(lab, topic)];
    if (owner && observer && publisher) return { topic, role: 'publisher', owner, observer, publisher };
  }
  return undefined;
}
