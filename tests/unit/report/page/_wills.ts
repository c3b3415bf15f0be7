import type { WillEvent } from '../../../../records/measured/will.ts';
import type { CheckRecord } from '../../../../records/record.ts';
import { recordOf } from './_results.ts';

const BEGIN = Date.UTC(2026, 0, 2, 3, 4, 5);
const CLIENT = 'lab-0123456789abcdef';

type Lost = {
  /** Milliseconds from the cause; absent where no last will came. */
  readonly willAfterMs?: number;
  readonly end?: Omit<Extract<WillEvent, { kind: 'end' }>, 'kind' | 'at'> & { readonly afterMs: number };
  readonly log?: string;
  readonly keepAlive?: number;
  readonly delayS?: number;
  readonly backAfterMs?: number;
  readonly dropped?: readonly [sent: number, received: number];
  readonly topic?: string;
  readonly verdict?: CheckRecord['verdict'];
  readonly reason?: string;
};

/** The record of a check that lost the owner of a last will. */
export function lost(id: CheckRecord['id'], what: string, seen: Lost): CheckRecord {
  const { willAfterMs, end, log, keepAlive = 60, delayS, backAfterMs, dropped, topic = 'status', ...more } = seen;
  const wills = willAfterMs === undefined ? 0 : 1;
  const events: WillEvent[] = [
    {
      kind: 'owner',
      clientId: CLIENT,
      keepAlive,
      ...(delayS === undefined ? {} : { delayS }),
      will: { topic, qos: 1, retain: false },
    },
    { kind: 'broker log', at: BEGIN - 20, text: `New client connected from 192.0.2.1:4 as ${CLIENT} (p2, c1).` },
    { kind: 'cause', at: BEGIN, what },
    ...(end === undefined ? [] : [{ kind: 'end' as const, ...ended(end) }]),
    ...(willAfterMs === undefined ? [] : [{ kind: 'last will' as const, at: BEGIN + willAfterMs }]),
    ...(backAfterMs === undefined ? [] : [{ kind: 'back' as const, at: BEGIN + backAfterMs }]),
    ...(log === undefined ? [] : [{ kind: 'broker log' as const, at: BEGIN + 5, text: `Client ${CLIENT} ${log}` }]),
    ...(dropped === undefined ? [] : [{ kind: 'dropped' as const, tool: 'nft', ...segments(dropped) }]),
  ];
  const packets = [
    { who: 'publisher', direction: 'sent', type: 'CONNECT', at: BEGIN - 25, bytes: 71 },
    { who: 'observer', direction: 'sent', type: 'CONNECT', at: BEGIN - 90, bytes: 48 },
    ...(willAfterMs === undefined
      ? []
      : [{ who: 'observer', direction: 'received', type: 'PUBLISH', at: BEGIN + willAfterMs, bytes: 29, qos: 1 }]),
  ];
  const observed = { wills, ...(willAfterMs === undefined ? {} : { afterMs: willAfterMs }) };
  return recordOf(id, { observed, evidence: [...packets, ...events], ...more });
}

function ended({ afterMs, ...end }: NonNullable<Lost['end']>) {
  return { ...end, at: BEGIN + afterMs };
}

function segments([sent, received]: readonly [number, number]) {
  return { sent: { segments: sent, bytes: 52 * sent }, received: { segments: received, bytes: 52 * received } };
}

const own = (how: 'FIN' | 'RST', afterMs: number) => ({ by: 'client', how, seenBy: 'socket', afterMs }) as const;
const brokers = (afterMs: number) => ({ by: 'broker', how: 'FIN', seenBy: 'socket', afterMs }) as const;
const kernels = (how: 'FIN' | 'RST') => ({ by: 'client', how, seenBy: 'kernel', afterMs: 30 }) as const;
const deviates = { verdict: 'deviation', reason: 'known' } as const;

/** The last-will records of a lab that passes, with those of disruptive checks. */
export function willRecords(): CheckRecord[] {
  const silence = { keepAlive: 5, log: 'has exceeded timeout, disconnecting.' };
  return [
    ...(['publisher', 'subscriber'] as const).flatMap((role) => [
      lost(`will.clean.${role}.status.v311`, 'DISCONNECT, then FIN', { end: own('FIN', 3), log: 'disconnected.' }),
      lost(`will.disconnect-with-will.${role}.status.v5`, 'DISCONNECT 0x04', { willAfterMs: 4, end: own('FIN', 3) }),
      lost(`will.fin.${role}.status.v311`, 'FIN without DISCONNECT', { willAfterMs: 6, end: own('FIN', 4) }),
      lost(`will.rst.${role}.status.v5`, 'RST', { willAfterMs: 7, end: own('RST', 0.2) }),
      lost(`will.killed.${role}.status.pi`, 'SIGKILL to its process', {
        ...{ willAfterMs: 43, log: 'closed its connection.' },
        end: kernels(role === 'publisher' ? 'FIN' : 'RST'),
      }),
      lost(`will.protocol-error.${role}.status.v311`, 'a bad PUBLISH', { willAfterMs: 8, end: brokers(9) }),
      lost(`will.takeover-clean.${role}.status.v311`, 'a CONNECT', { willAfterMs: 9, end: brokers(8), backAfterMs: 8 }),
      lost(`will.second-connect.${role}.status.v311`, 'a second CONNECT', { end: brokers(9), ...deviates }),
      lost(`will.takeover-persistent.${role}.status.v5`, 'a CONNECT', { end: brokers(9), backAfterMs: 9, ...deviates }),
      lost(`will.silent.${role}.status.pi`, 'CONNECT, then silence', {
        ...{ ...silence, willAfterMs: 9_700, dropped: [1, 3] },
      }),
      lost(`will.silent.${role}.status.this-machine`, 'PUBLISH, then silence', {
        ...{ ...silence, willAfterMs: 9_100, end: brokers(9_090) },
      }),
      lost(`will.delay.${role}.status.v5`, 'FIN', { willAfterMs: 2_900, delayS: 2 }),
      lost(`will.delay-reconnect.${role}.status.v5`, 'FIN', { backAfterMs: 20, delayS: 4 }),
      lost(`will.delay-without-session.${role}.status.v5`, 'FIN', { willAfterMs: 3_900, delayS: 3, ...deviates }),
    ]),
    lost('restart.stop.will', 'a clean stop of the broker', { willAfterMs: 102, end: brokers(104) }),
    lost('restart.crash.will', 'SIGKILL to the broker', { end: brokers(46), ...deviates }),
  ];
}
