import type { Lab, User } from '../../lab-file/lab.ts';
import { may, type TopicAction, writes } from '../../lab-file/may.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { RightEffect } from '../../records/measured/right.ts';
import type { Check, Finding } from '../harness/check.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';

/**
 * What lab.yaml says about an action. `widened`: lab.yaml does not allow it, but another right of the user has the same
 * write permission.
 */
export type Right = 'allowed' | 'denied' | 'widened';

/** A user who tries something with a topic. */
export type AclCase = {
  readonly testLab: TestLab;
  readonly topic: string;
  readonly user: User;
  readonly version: Version;
  readonly right: Right;
};

export function rightOf(lab: Lab, user: string, action: TopicAction, topic: string): Right {
  if (may(lab, user, action, topic)) return 'allowed';
  return action !== 'subscribe' && writes(lab, user, topic) ? 'widened' : 'denied';
}

const ONE_PERMISSION =
  'Mosquitto has one write permission for publishing and last wills, so a user with one right has the other (mosquitto.conf(5), acl_file)';

const ONE_PERMISSION_ELSEWHERE =
  'lab.yaml does not give this right; it comes with the other right where the broker has one write permission for publishing and last wills; otherwise the broker permits too much';

export type Effect = {
  readonly tookEffect: boolean;
  /** More of what was seen, such as the broker's answer. */
  readonly observed: object;
};

/** Judges by the effect alone, never by the broker's answer. */
export function judgeRight(right: Right, { tookEffect, ...seen }: Effect, brokerKind: BrokerKind): Finding {
  const observed: RightEffect = { tookEffect, ...seen.observed };
  if (right === 'widened' && tookEffect) {
    const reason = brokerKind === 'lab' ? ONE_PERMISSION : ONE_PERMISSION_ELSEWHERE;
    return { verdict: 'deviation', observed, reason };
  }
  if (right === 'widened' && brokerKind === 'lab') {
    return { verdict: 'fail', observed, reason: `it took no effect, although ${ONE_PERMISSION}` };
  }
  if (tookEffect === (right === 'allowed')) return { verdict: 'pass', observed };
  const reason = tookEffect
    ? 'it took effect, and lab.yaml does not allow it'
    : 'it took no effect, and lab.yaml allows it';
  return { verdict: 'fail', observed, reason };
}

/** What varies among denials. Each right that lab.yaml gives is checked in full. */
export function denialFactors(
  { user, topic, version, right }: Omit<AclCase, 'testLab'>,
  action: TopicAction | 'retain',
  more: Readonly<Record<string, string | number>> = {},
): Pick<Check, 'factors'> {
  if (right !== 'denied') return {};
  return { factors: [{ action, user: user.name, topic, version, ...more }] };
}

export function mayText(right: Right): 'may' | 'may not' {
  return right === 'allowed' ? 'may' : 'may not';
}
