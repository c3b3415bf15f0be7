import type { Lab } from '../../lab-file/lab.ts';
import { judgeForgotten, judgeWills } from '../fixtures/will-verdict.ts';
import type { Finding } from '../harness/check.ts';
import type { Judged } from '../harness/deviations.ts';
import { disabledByLabFile, optionOf } from '../harness/requirements.ts';
import type { BrokerEnd } from './broker-control.ts';
import type { SeenRestart } from './broker-restart.ts';

/** What may survive a restart of the broker; the last word of a check's id. */
export const ASPECTS = ['connections', 'will', 'session', 'queue', 'retained'] as const;
export type Aspect = (typeof ASPECTS)[number];

type Broker = Pick<Lab['broker'], 'options'>;

/** Whether the broker stores a database: Debian's main configuration file says so, unless the lab file disables it. */
export function hasDatabase(broker: Broker): boolean {
  return optionOf(broker, 'persistence') !== 'false';
}

/** How many messages the broker must queue for the absent client. */
const QUEUED = 4;

/** Why the aspect cannot survive by the lab file; undefined: it can. */
export function whyLost(aspect: Aspect, broker: Broker): string | undefined {
  if (aspect === 'connections' || aspect === 'will') return undefined;
  if (!hasDatabase(broker)) return 'broker.options disables the database (persistence: false)';
  if (aspect === 'retained') return disabledByLabFile(broker, { retained: true });
  return aspect === 'queue' ? disabledByLabFile(broker, { queued: QUEUED }) : undefined;
}

/** A crash may lose whatever came after the broker last saved its database, so nothing is expected of that. */
export function expectedAfter(aspect: Aspect, end: BrokerEnd, broker: Broker): object {
  switch (aspect) {
    case 'connections':
      return { endedBy: 'broker', reconnected: true };
    case 'will':
      return { connected: 1, ...(end === 'stop' && hasDatabase(broker) ? { queued: 1 } : {}) };
    case 'session':
      return { sessionPresent: true, isSubscribed: true };
    case 'queue':
      return end === 'stop' ? { saved: 1, later: 1 } : { saved: 1 };
    case 'retained':
      return { isRetained: true };
  }
}

export type JudgedRestart = {
  readonly end: BrokerEnd;
  readonly seen: SeenRestart;
  readonly broker: Broker;
  /** Of Mosquitto. */
  readonly version: string | undefined;
};

export function judgeRestart(aspect: Aspect, restart: JudgedRestart): Judged & { readonly observed: object } {
  const { end, seen } = restart;
  switch (aspect) {
    case 'connections':
      return { ...judgeConnections(seen), observed: { downMs: seen.downMs, ends: seen.ends.map((one) => one?.how) } };
    case 'will': {
      const [connected, queued] = [seen.willsConnected.length, seen.willsQueued.length];
      // a crash ends every connection, so a will that the broker publishes afterwards is in the queue
      const wills = end === 'crash' ? Math.max(connected, queued) : connected;
      return { ...judgeRestartWill(restart), observed: { wills, connected, queued } };
    }
    case 'session': {
      const { sessionPresent, isSubscribed } = seen;
      const reason = sessionPresent ? 'the session has lost its subscription' : 'the session is lost';
      return { ...verdict(sessionPresent && isSubscribed, reason), observed: { sessionPresent, isSubscribed } };
    }
    case 'queue': {
      const { saved, later } = seen.queued;
      const isRight = saved === 1 && (end === 'crash' ? later <= 1 : later === 1);
      const reason = `the two queued messages arrived ${saved} and ${later} times`;
      return { ...verdict(isRight, reason), observed: seen.queued };
    }
    case 'retained': {
      const { isRetained } = seen;
      return { ...verdict(isRetained, 'the retained message is lost'), observed: { isRetained } };
    }
  }
}

/** A broker that cannot save its database fails what it should store there. The rest stays unknown without a crash. */
export function judgeNotCrashed(aspect: Aspect, problem: string): Finding {
  const isStored = aspect === 'session' || aspect === 'queue' || aspect === 'retained';
  const verdict = isStored ? 'fail' : 'skipped';
  const reason = `the check did not crash the broker, since that could not save its database: ${problem}`;
  return { verdict, observed: { isSaved: false }, reason };
}

function judgeConnections({ ends }: SeenRestart): Judged {
  if (ends.some((one) => one === undefined)) return { verdict: 'fail', reason: 'a connection outlived its broker' };
  return verdict(
    ends.every((one) => one?.by === 'broker'),
    'a client ended its connection, not the broker',
  );
}

/** A clean stop publishes the last wills, to connected clients and into queues; a crash is known to lose them. */
function judgeRestartWill({ end, seen, broker, version }: JudgedRestart): Judged {
  const { will, willsConnected, willsQueued } = seen;
  if (end === 'crash') {
    return judgeForgotten(will, [...willsConnected, ...willsQueued], 'a crash leaves no will', version);
  }
  const connected = judgeWills(will, 1, willsConnected);
  if (connected.verdict !== 'pass' || !hasDatabase(broker)) return connected;
  const queued = judgeWills(will, 1, willsQueued);
  if (queued.verdict === 'pass') return queued;
  return { verdict: 'fail', reason: `in the queue of an absent client: ${queued.reason}` };
}

function verdict(isRight: boolean, reason: string): Judged {
  return isRight ? { verdict: 'pass' } : { verdict: 'fail', reason };
}
