import type { Lab } from '../../lab-file/lab.ts';
import { judgeForgotten, judgeWills } from '../fixtures/will-verdict.ts';
import type { Finding } from '../harness/check.ts';
import type { Judged } from '../harness/deviations.ts';
import { disabledByLabFile, optionOf } from '../harness/requirements.ts';
import type { BrokerEnd } from './broker-control.ts';
import type { Restarted } from './broker-restart.ts';

/** What a restart of the broker may cost, by the last word of the check's id. */
export const ASPECTS = ['connections', 'will', 'session', 'queue', 'retained'] as const;
export type Aspect = (typeof ASPECTS)[number];

type Broker = Pick<Lab['broker'], 'options'>;

/** Whether the broker keeps a database: Debian's main file says so unless the lab file says otherwise. */
export function hasDatabase(broker: Broker): boolean {
  return optionOf(broker, 'persistence') !== 'false';
}

/** Why this lab's broker promises nothing about it; undefined: it does. */
export function whyUnsupported(aspect: Aspect, broker: Broker): string | undefined {
  if (aspect === 'connections' || aspect === 'will') return undefined;
  if (!hasDatabase(broker)) return 'the lab file turns persistence off';
  if (aspect === 'retained') return disabledByLabFile(broker, { retained: true });
  return aspect === 'queue' ? disabledByLabFile(broker, { queued: MESSAGES }) : undefined;
}

/** So many are queued for the client that is away. */
const MESSAGES = 4;

/** What is expected after the broker's end; a crash may lose what came after the database was last saved, and so nothing is expected of that. */
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

/** Judges one aspect, and tells what was observed of it. */
export function judgeRestart(
  aspect: Aspect,
  end: BrokerEnd,
  seen: Restarted,
  broker: Broker,
  version: string | undefined,
): Judged & { readonly observed: object } {
  switch (aspect) {
    case 'connections':
      return { ...judgeConnections(seen), observed: { downMs: seen.downMs, ends: seen.ends.map((one) => one?.how) } };
    case 'will': {
      const [connected, queued] = [seen.willsConnected.length, seen.willsQueued.length];
      // nobody is connected to a broker that has crashed: what it published afterwards would be in the queue
      const wills = end === 'crash' ? Math.max(connected, queued) : connected;
      return { ...judgeRestartWill(end, seen, broker, version), observed: { wills, connected, queued } };
    }
    case 'session': {
      const { sessionPresent, isSubscribed } = seen;
      const reason = sessionPresent ? 'the session is there, its subscription is not' : 'the session is gone';
      return { ...verdict(sessionPresent && isSubscribed, reason), observed: { sessionPresent, isSubscribed } };
    }
    case 'queue': {
      const { saved, later } = seen.queued;
      const isKept = saved === 1 && (end === 'crash' ? later <= 1 : later === 1);
      return {
        ...verdict(isKept, `${saved} and ${later} copies of the two queued messages came`),
        observed: seen.queued,
      };
    }
    case 'retained': {
      const { isRetained } = seen;
      return { ...verdict(isRetained, 'the retained message is gone'), observed: { isRetained } };
    }
  }
}

/** A broker that can't save its database fails what would be stored in it; the rest could not be looked at without a crash. */
export function judgeSpared(aspect: Aspect, trouble: string): Finding {
  const isStored = aspect === 'session' || aspect === 'queue' || aspect === 'retained';
  const verdict = isStored ? 'fail' : 'skipped';
  const reason = `the broker was not crashed, since its database could not be saved before: ${trouble}`;
  return { verdict, observed: { isSaved: false }, reason };
}

function judgeConnections({ ends }: Restarted): Judged {
  if (ends.some((one) => one === undefined)) return { verdict: 'fail', reason: 'a connection outlived its broker' };
  return verdict(
    ends.every((one) => one?.by === 'broker'),
    'a client ended its connection, not the broker',
  );
}

/** A clean stop publishes the last wills, to who is connected and into the queues; a crash is known to forget them. */
function judgeRestartWill(
  end: BrokerEnd,
  { will, willsConnected, willsQueued }: Restarted,
  broker: Broker,
  version: string | undefined,
): Judged {
  if (end === 'crash')
    return judgeForgotten(will, [...willsConnected, ...willsQueued], 'a crash leaves no will', version);
  const connected = judgeWills(will, 1, willsConnected);
  if (connected.verdict !== 'pass' || !hasDatabase(broker)) return connected;
  const queued = judgeWills(will, 1, willsQueued);
  return queued.verdict === 'pass'
    ? queued
    : { verdict: 'fail', reason: `in the queue of a client that was away: ${queued.reason}` };
}

function verdict(isRight: boolean, reason: string): Judged {
  return isRight ? { verdict: 'pass' } : { verdict: 'fail', reason };
}
