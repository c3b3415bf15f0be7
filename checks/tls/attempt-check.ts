import type { LiveListener } from '../../deployment/live-listener.ts';
import type { User } from '../../lab-file/lab.ts';
import type { Attempt, AttemptTls, Outcome } from '../../probes/tls/attempt.ts';
import type { Check, Finding, Need } from '../harness/check.ts';

type Named = Pick<Check, 'id' | 'subject' | 'claim' | 'expected'> & {
  /** What the client's host must be able to do. @default clients */
  readonly needs?: Need['of'];
};

export type JudgedAttempt = Named & { attempt(): Attempt | Promise<Attempt>; judge(outcome: Outcome): Finding };

/** A check that one connection decides, at any place; its id and claim lack the place. `why`: it does not apply to the lab. */
export type AttemptCheck = JudgedAttempt | (Named & { readonly why: string });

/** A listener as the clients at one place reach it. */
export type ListenerAt = {
  readonly listener: LiveListener;
  /** A user who may log in there; undefined: nobody. */
  readonly user: User | undefined;
  /** How that user's clients there use TLS; undefined: plain. */
  tls(): AttemptTls | undefined;
};

/** The attempt of a client at a listener, by default with everything right and without sending anything. */
export function attemptAt(
  { listener, tls }: ListenerAt,
  { steps = [], ...own }: Partial<Pick<Attempt, 'tls' | 'steps'>> = {},
): Attempt {
  const secured = 'tls' in own ? own.tls : tls();
  const { address, reachedPort: port } = listener;
  return { address, port, steps, ...(secured === undefined ? {} : { tls: secured }) };
}
