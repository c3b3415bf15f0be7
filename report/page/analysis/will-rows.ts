import { type WillEvent, willEventSchema } from '../../../records/measured/will.ts';
import { evidenceOf, type Measured, measured } from '../../../records/measurements.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { type SubjectOf, WILL_CAUSES } from '../../../records/subject.ts';

export type Cause = SubjectOf<'last will'>['cause'];

type EventOf<Kind extends WillEvent['kind']> = Extract<WillEvent, { readonly kind: Kind }>;

/** One check of a last will: what ended its owner's connection, what was seen of that, and whether and when the last will came. */
export type WillRow = {
  readonly record: CheckRecord;
  readonly cause: Cause;
  readonly role: 'publisher' | 'subscriber';
  readonly topic: string;
  /** `MQTT 3.1.1`, `MQTT 5`, or the host that its owner ran on. */
  readonly where: string;
  readonly isOnPi: boolean;
  /** What ended the connection, on the wire; absent where the record does not say. */
  readonly what: string | undefined;
  readonly wills: number;
  /** Milliseconds from the cause to the first last will; undefined where none came or its time is unknown. */
  readonly willAfterMs: number | undefined;
  readonly end: (Pick<EventOf<'end'>, 'by' | 'how' | 'seenBy'> & { readonly afterMs: number }) | undefined;
  readonly backAfterMs: number | undefined;
  /** The broker's log without the owner's own connection; `afterMs` is when a line reached this machine, undefined where it was read later. */
  readonly log: readonly { readonly afterMs: number | undefined; readonly text: string }[];
  /** Whether the broker's log mentions this client at all. */
  readonly isLogged: boolean;
  readonly owner: EventOf<'owner'> | undefined;
  readonly dropped: EventOf<'dropped'> | undefined;
};

/** First log line of a client. */
const CONNECTED = /^New client connected /;
const HERE = 'this machine';

/** One row per check with a measurement, by cause, then in the order of the records. */
export function willRows({ checks }: Pick<Results, 'checks'>): WillRow[] {
  const rows = measured(checks, 'last will').map(willRow);
  return WILL_CAUSES.flatMap((cause) => rows.filter((row) => row.cause === cause));
}

function willRow({ record, subject, observed }: Measured<'last will'>): WillRow {
  const { cause, role, topic, version } = subject;
  const { host = HERE } = record;
  return {
    ...{ record, cause, role, topic, wills: observed.wills },
    where: version === undefined ? host : `MQTT ${version}`,
    isOnPi: host !== HERE,
    ...seenIn(record, observed.afterMs),
  };
}

type Seen = Omit<WillRow, 'record' | 'cause' | 'role' | 'topic' | 'where' | 'isOnPi' | 'wills'>;

function seenIn(record: CheckRecord, knownAfterMs: number | undefined): Seen {
  const events = willEvents(record);
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
  const connected = lines.find(({ text }) => CONNECTED.test(text));
  return {
    owner,
    what: cause?.what,
    willAfterMs: after(will?.at) ?? knownAfterMs,
    end:
      end === undefined || endAfterMs === undefined
        ? undefined
        : { by: end.by, how: end.how, seenBy: end.seenBy, afterMs: endAfterMs },
    backAfterMs: after(back?.at),
    log: lines.filter((line) => line !== connected).map(({ at, text }) => ({ afterMs: after(at), text })),
    isLogged: lines.length > 0,
    dropped,
  };
}

/** A record's events; its packets have no kind, and trying the schema on each would take longer than the rest of the page. */
export function willEvents({ evidence = [] }: CheckRecord): WillEvent[] {
  return evidenceOf({ evidence: evidence.filter(hasKind) }, willEventSchema);
}

function hasKind(thing: unknown): boolean {
  return typeof thing === 'object' && thing !== null && 'kind' in thing;
}

function isOf<Kind extends WillEvent['kind']>(event: WillEvent, kind: Kind): event is EventOf<Kind> {
  return event.kind === kind;
}
