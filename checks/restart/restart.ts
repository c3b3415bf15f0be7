import type { Lab } from '../../lab-file/lab.ts';
import type { HostAddress } from '../../provisioning/hosts/open.ts';
import { anyWillRoles, type WillRoles } from '../fixtures/will-roles.ts';
import { type Check, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { topicRoles } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import type { BrokerEnd } from './broker-control.ts';
import { type Episode, restartUnderClients } from './broker-restart.ts';
import { rebootedPis } from './pi.ts';
import {
  ASPECTS,
  type Aspect,
  expectedAfter,
  hasDatabase,
  judgeRestart,
  judgeSpared,
  whyUnsupported,
} from './survival.ts';

const scope = 'disruptive';
/** Taking note of what is retained, ending and starting the broker, looking at what is left. */
const BOUND_MS = 90_000;

const WORDS: Readonly<Record<BrokerEnd, string>> = {
  stop: 'after a clean stop and start of the broker',
  crash: 'after a crash and start of the broker',
};

const CLAIMS: Readonly<Record<Aspect, string>> = {
  connections: 'every connection has ended, and clients connect again',
  will: 'the last will of a connected client has been published',
  session: 'a persistent session is there with its subscription',
  queue: 'what was queued for a client that is away is delivered once',
  retained: 'a retained message is served',
};

/** MQTT 3.1.1; a connection that ends with its broker is no statement of the standard. */
const STATEMENTS: Readonly<Partial<Record<Aspect, string>>> = {
  will: 'MQTT-3.1.2-8',
  session: 'MQTT-3.1.2-4',
  queue: 'MQTT-3.1.2-5',
  retained: 'MQTT-3.3.1-5',
};

/** What survives the end of the broker, and the reboot of a Pi. */
export const restart: CheckFamily = (testLab) => [
  ...(['stop', 'crash'] as const).flatMap((end) => brokerEnds(testLab, end)),
  // last, since an emulated Pi has another port afterwards
  ...rebootedPis(testLab),
];

function brokerEnds(testLab: TestLab, end: BrokerEnd): Check[] {
  const { host } = testLab.live.broker;
  const roles = restartRoles(testLab.lab);
  let episode: Promise<Episode> | undefined;
  return ASPECTS.map((aspect): Check => {
    const topic = roles?.topic;
    const subject = { kind: 'last will', cause: end, role: 'publisher', topic: topic ?? '' } as const;
    const named = {
      id: `restart.${end}.${aspect}`,
      ...(aspect === 'will' && topic !== undefined ? { subject } : {}),
      claim: `${WORDS[end]} ${claimOf(aspect, end)}`,
    } as const;
    const why = hindrance(aspect, testLab, roles);
    if (why !== undefined || host === undefined || roles === undefined) {
      return { ...notApplicable(named, why ?? ''), scope };
    }
    const { broker } = testLab.lab;
    return {
      ...named,
      ...(STATEMENTS[aspect] === undefined ? {} : { statement: STATEMENTS[aspect] }),
      expected: expectedAfter(aspect, end, broker),
      scope,
      boundMs: BOUND_MS,
      async run() {
        // one end of the broker for all: each aspect is looked at after it
        episode ??= endBroker(testLab, host, roles, end);
        const ended = await episode;
        if (ended.kind === 'spared') return judgeSpared(aspect, ended.trouble);
        const { seen } = ended;
        const judged = judgeRestart(aspect, end, seen, broker, testLab.live.broker.version);
        return { ...judged, evidence: seen.packets };
      },
    };
  });
}

function claimOf(aspect: Aspect, end: BrokerEnd): string {
  const saved = end === 'crash' && ['session', 'queue', 'retained'].includes(aspect);
  return `${CLAIMS[aspect]}${saved ? ', where it was in the database that the broker had saved' : ''}`;
}

/** Where nobody leaves a last will, who may publish plays its owner: the other aspects need none. */
function restartRoles(lab: Lab): WillRoles | undefined {
  const open = topicRoles(lab);
  if (open === undefined) return anyWillRoles(lab);
  const { topic, publisher, subscriber: observer } = open;
  return anyWillRoles(lab) ?? { topic, role: 'publisher', owner: publisher, observer, publisher };
}

function hindrance(aspect: Aspect, { live, lab }: TestLab, roles: WillRoles | undefined): string | undefined {
  if (live.broker.host === undefined) return 'the broker is external: its host is never touched';
  if (roles === undefined) return 'lab.yaml has no topic that somebody may write and somebody may subscribe';
  if (aspect === 'will' && anyWillRoles(lab) === undefined) {
    return 'lab.yaml has no topic with a last will that somebody may see';
  }
  return whyUnsupported(aspect, lab.broker);
}

async function endBroker(testLab: TestLab, host: HostAddress, roles: WillRoles, end: BrokerEnd): Promise<Episode> {
  const there = await testLab.host('broker', host, 'restart');
  const isSaved = end === 'crash' && hasDatabase(testLab.lab.broker);
  return await restartUnderClients(testLab, there, roles, end, isSaved);
}
