import {
  restartWillSchema,
  type WillEvent,
  willEventSchema,
  willObservedSchema,
} from '../../../records/measured/will.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { checksOf, evidenceOf } from '../measured.ts';

/** What may end a connection under a last will, by the words of the checks' ids, in the order of the page. */
export const CAUSES = [
  'clean',
  'disconnect-with-will',
  'fin',
  'rst',
  'killed',
  'protocol-error',
  'second-connect',
  'takeover-clean',
  'takeover-persistent',
  'stop',
  'crash',
  'silent',
  'delay',
  'delay-reconnect',
  'delay-without-session',
  'retained',
] as const;
export type Cause = (typeof CAUSES)[number];

type EventOf<Kind extends WillEvent['kind']> = Extract<WillEvent, { readonly kind: Kind }>;

/** One check of a last will: what ended its owner's connection, what was seen of that, and whether and when the will came. */
export type WillRow = {
  readonly record: CheckRecord;
  readonly cause: Cause;
  readonly role: 'publisher' | 'subscriber';
  readonly topic: string;
  /** `MQTT 3.1.1`, `MQTT 5`, or the host that its owner ran on. */
  readonly where: string;
  /** What ended the connection, on the wire; absent in runs that did not take it down. */
  readonly what: string | undefined;
  readonly wills: number;
  /** Milliseconds from the cause to the first last will; undefined: none came, or when was not taken down. */
  readonly willAfterMs: number | undefined;
  readonly end: (Pick<EventOf<'end'>, 'by' | 'how' | 'seenBy'> & { readonly afterMs: number }) | undefined;
  readonly backAfterMs: number | undefined;
  /** The broker's log but for the owner's own connection; `afterMs` is when a line was on this machine, undefined where it was read later. */
  readonly log: readonly { readonly afterMs: number | undefined; readonly text: string }[];
  /** Whether the broker's log tells of this client at all. */
  readonly isLogged: boolean;
  readonly owner: EventOf<'owner'> | undefined;
  readonly dropped: EventOf<'dropped'> | undefined;
};

const BEGIN = /^New client connected /;

/** A row a check that was judged, by cause, and within it in the order of the records. */
export function willRows(results: Pick<Results, 'checks'>): WillRow[] {
  const rows = [...checksOf(results, 'will').flatMap(willRow), ...checksOf(results, 'restart').flatMap(restartRow)];
  return CAUSES.flatMap((cause) => rows.filter((row) => row.cause === cause));
}

/** `will.<cause>.<role>.<topic>.<version or host>`. */
function willRow(record: CheckRecord): WillRow[] {
  const [, word, role, topic, where] = record.id.split('.').map(decodeURIComponent);
  const cause = CAUSES.find((name) => name === word);
  const observed = willObservedSchema.safeParse(record.observed).data;
  if (cause === undefined || topic === undefined || where === undefined || observed === undefined) return [];
  if (role !== 'publisher' && role !== 'subscriber') return [];
  const afterMs = observed.afterMs ?? observed.willAfterMs;
  return [{ ...seenOf(record, afterMs), record, cause, role, topic, where: placeOf(where), wills: observed.wills }];
}

/** `restart.<stop or crash>.will`. */
function restartRow(record: CheckRecord): WillRow[] {
  const [, cause, aspect] = record.id.split('.');
  const observed = restartWillSchema.safeParse(record.observed).data;
  if ((cause !== 'stop' && cause !== 'crash') || aspect !== 'will' || observed === undefined) return [];
  const seen = seenOf(record, undefined);
  const topic = seen.owner?.will.topic ?? '';
  const { connected, queued } = observed;
  // nobody is connected to a broker that has crashed: what it published afterwards would be in the queue
  const wills = cause === 'crash' ? Math.max(connected, queued) : connected;
  return [{ ...seen, record, cause, role: 'publisher', topic, where: 'this machine', wills }];
}

function placeOf(word: string): string {
  if (word === 'v311') return 'MQTT 3.1.1';
  if (word === 'v5') return 'MQTT 5';
  return word === 'this-machine' ? 'this machine' : word;
}

type Seen = Omit<WillRow, 'record' | 'cause' | 'role' | 'topic' | 'where' | 'wills'>;

function seenOf(record: CheckRecord, knownAfterMs: number | undefined): Seen {
  const events = evidenceOf({ ...record, evidence: (record.evidence ?? []).filter(hasKind) }, willEventSchema);
  const all = <Kind extends WillEvent['kind']>(kind: Kind) => events.filter((event) => isOf(event, kind));
  const [owner] = all('owner');
  const [cause] = all('cause');
  const [end] = all('end');
  const [will] = all('last will');
  const [back] = all('back');
  const [dropped] = all('dropped');
  const after = (at: number | undefined) => (at === undefined || cause === undefined ? undefined : at - cause.at);
  const endAfterMs = after(end?.at);
  const lines = all('broker log');
  return {
    owner,
    what: cause?.what,
    willAfterMs: after(will?.at) ?? knownAfterMs,
    end:
      end === undefined || endAfterMs === undefined
        ? undefined
        : { by: end.by, how: end.how, seenBy: end.seenBy, afterMs: endAfterMs },
    backAfterMs: after(back?.at),
    log: lines
      .filter((line) => line !== lines.find(({ text }) => BEGIN.test(text)))
      .map(({ at, text }) => ({ afterMs: after(at), text })),
    isLogged: lines.length > 0,
    dropped,
  };
}

/** Packets have none: to try the schema on each of them takes longer than the rest of the page. */
function hasKind(thing: unknown): boolean {
  return typeof thing === 'object' && thing !== null && 'kind' in thing;
}

function isOf<Kind extends WillEvent['kind']>(event: WillEvent, kind: Kind): event is EventOf<Kind> {
  return event.kind === kind;
}
