import type { Lab } from '../../lab-file/lab.ts';
import { may, type TopicAction, writes } from '../../lab-file/may.ts';
import type { Finding } from '../harness/check.ts';
import type { BrokerKind } from '../harness/test-lab.ts';

/**
 * What lab.yaml has to say about an action: `widened` is an action that it does not give, but that the same write permission allows as one
 * that it gives.
 */
export type Right = 'allowed' | 'denied' | 'widened';

export function rightOf(lab: Lab, user: string, action: TopicAction, topic: string): Right {
  if (may(lab, user, action, topic)) return 'allowed';
  return action !== 'subscribe' && writes(lab, user, topic) ? 'widened' : 'denied';
}

const WIDENED =
  'publishing and leaving a last will need the same write permission, so whoever has one right has the other (mosquitto.conf(5), acl_file)';

const WIDENED_ELSEWHERE =
  'the lab file does not give this right; where the broker has one write permission for publishing and for last wills, it comes with the other, else it is a hole';

/** By effect alone; `observed` may hold what the broker answered, as evidence. */
export function judgeRight(right: Right, delivered: boolean, observed: object, brokerKind: BrokerKind): Finding {
  const seen = { tookEffect: delivered, delivered, ...observed };
  if (right === 'widened' && delivered) {
    return { verdict: 'deviation', observed: seen, reason: brokerKind === 'lab' ? WIDENED : WIDENED_ELSEWHERE };
  }
  if (right === 'widened' && brokerKind === 'lab') {
    return { verdict: 'fail', observed: seen, reason: `it was denied, but in Mosquitto ${WIDENED}` };
  }
  if (delivered === (right === 'allowed')) return { verdict: 'pass', observed: seen };
  return { verdict: 'fail', observed: seen, reason: delivered ? 'it took effect' : 'it took no effect' };
}

/** `may`, `may not`. */
export function mayText(right: Right): string {
  return right === 'allowed' ? 'may' : 'may not';
}
