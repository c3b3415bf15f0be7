import type { Lab } from '../../lab-file/lab.ts';
import type { HostAddress } from '../../provisioning/hosts/open.ts';
import { anyWillRoles, type WillRoles } from '../fixtures/will-roles.ts';
import { type Check, type NamedCheck, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { NO_TOPIC_ROLES, topicRoles } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import type { BrokerEnd } from './broker-control.ts';
import { type Restart, restartUnderClients } from './broker-restart.ts';
import { NO_WILL, rebootedPis } from './pi.ts';
import {
  ASPECTS,
  type Aspect,
  expectedAfter,
  hasDatabase,
  judgeNotCrashed,
  judgeRestart,
  whyLost,
} from './survival.ts';

const scope = 'disruptive';
/** For the backup of the retained message, the restart and the look at what survived. */
const BOUND_MS = 90_000;

const WHEN: Readonly<Record<BrokerEnd, string>> = {
  stop: 'after a clean stop and start of the broker',
  crash: 'after a crash and start of the broker',
};

const CLAIMS: Readonly<Record<Aspect, string>> = {
  connections: 'every connection has ended, and clients connect again',
  will: 'the last will of a connected client has been published',
  session: 'a persistent session still has its subscription',
  queue: 'an absent client receives each queued message once',
  retained: 'a new subscriber receives the retained message',
};

/** Of MQTT 3.1.1. The standard says nothing about connections that end with their broker. */
const STATEMENTS: Readonly<Partial<Record<Aspect, string>>> = {
  will: 'MQTT-3.1.2-8',
  session: 'MQTT-3.1.2-4',
  queue: 'MQTT-3.1.2-5',
  retained: 'MQTT-3.3.1-5',
};

/** What survives a restart of the broker and the reboot of a Pi. */
export const restart: CheckFamily = (testLab) => [
  ...(['stop', 'crash'] as const).flatMap((end) => brokerRestarts(testLab, end)),
  // last, since an emulated Pi has another port afterwards
  ...rebootedPis(testLab),
];

function brokerRestarts(testLab: TestLab, end: BrokerEnd): Check[] {
  const { host, version } = testLab.live.broker;
  const { broker } = testLab.lab;
  const roles = restartRoles(testLab.lab);
  // one restart for all aspects
  let restarted: Promise<Restart> | undefined;
  return ASPECTS.map((aspect): Check => {
    const isWill = aspect === 'will' && roles !== undefined;
    const named: NamedCheck = {
      id: `restart.${end}.${aspect}`,
      ...(isWill ? { subject: { kind: 'last will', cause: end, role: 'publisher', topic: roles.topic } } : {}),
      claim: `${WHEN[end]} ${claimOf(aspect, end)}`,
    };
    const why = whyNotApplicable(aspect, testLab, roles);
    if (why !== undefined || host === undefined || roles === undefined) {
      return { ...notApplicable(named, why ?? ''), scope };
    }
    return {
      ...named,
      ...(STATEMENTS[aspect] === undefined ? {} : { statement: STATEMENTS[aspect] }),
      expected: expectedAfter(aspect, end, broker),
      scope,
      boundMs: BOUND_MS,
      async run() {
        restarted ??= restartBroker(testLab, host, roles, end);
        const outcome = await restarted;
        if (outcome.kind === 'not crashed') return judgeNotCrashed(aspect, outcome.problem);
        const { seen } = outcome;
        return { ...judgeRestart(aspect, { end, seen, broker, version }), evidence: seen.packets };
      },
    };
  });
}

function claimOf(aspect: Aspect, end: BrokerEnd): string {
  const isStored = end === 'crash' && ['session', 'queue', 'retained'].includes(aspect);
  return `${CLAIMS[aspect]}${isStored ? ', where the broker had saved it in its database' : ''}`;
}

/** Where no user leaves a last will, a publisher takes the owner's role: the other aspects need no will. */
function restartRoles(lab: Lab): WillRoles | undefined {
  const roles = topicRoles(lab);
  if (roles === undefined) return anyWillRoles(lab);
  const { topic, publisher, subscriber: observer } = roles;
  return anyWillRoles(lab) ?? { topic, role: 'publisher', owner: publisher, observer, publisher };
}

function whyNotApplicable(aspect: Aspect, testLab: TestLab, roles: WillRoles | undefined): string | undefined {
  if (testLab.brokerKind === 'external') return 'the lab never stops or crashes an external broker';
  if (roles === undefined) return NO_TOPIC_ROLES;
  if (aspect === 'will' && anyWillRoles(testLab.lab) === undefined) return NO_WILL;
  return whyLost(aspect, testLab.lab.broker);
}

async function restartBroker(testLab: TestLab, where: HostAddress, roles: WillRoles, end: BrokerEnd): Promise<Restart> {
  const host = await testLab.host('broker', where, 'restart');
  return await restartUnderClients(testLab, { host, roles, end, hasDatabase: hasDatabase(testLab.lab.broker) });
}
