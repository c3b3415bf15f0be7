import type { ZodType } from 'zod';
import { type CertificateSeen, certificateSchema } from './measured/certificate.ts';
import { type Expiry, expirySchema } from './measured/expiry.ts';
import { type Latency, latencySchema } from './measured/latency.ts';
import { type QosPair, qosPairSchema } from './measured/qos-pair.ts';
import { type Sequence, sequenceSchema } from './measured/sequence.ts';
import { type Size, sizeSchema } from './measured/size.ts';
import { type Traffic, trafficSchema } from './measured/traffic.ts';
import { type LastWill, lastWillSchema } from './measured/will.ts';
import type { CheckRecord } from './record.ts';
import type { SubjectKind, SubjectOf } from './subject.ts';

/** What a check of each kind writes as `observed`. */
type Measurements = {
  'qos pair': QosPair;
  sequence: Sequence;
  size: Size;
  latency: Latency;
  traffic: Traffic;
  expiry: Expiry;
  'receive-only': Expiry;
  'last will': LastWill;
  certificate: CertificateSeen;
};
export type MeasuredKind = keyof Measurements;

const SCHEMAS: { readonly [Kind in MeasuredKind]: ZodType<Measurements[Kind]> } = {
  'qos pair': qosPairSchema,
  sequence: sequenceSchema,
  size: sizeSchema,
  latency: latencySchema,
  traffic: trafficSchema,
  expiry: expirySchema,
  'receive-only': expirySchema,
  'last will': lastWillSchema,
  certificate: certificateSchema,
};

/** A record with its typed subject. */
export type About<Kind extends SubjectKind> = { readonly record: CheckRecord; readonly subject: SubjectOf<Kind> };

/** A record with its typed subject and measurement. */
export type Measured<Kind extends MeasuredKind> = About<Kind> & { readonly observed: Measurements[Kind] };

/** The records about subjects of a kind, in their order. */
export function recordsAbout<Kind extends SubjectKind>(records: Iterable<CheckRecord>, kind: Kind): About<Kind>[] {
  const found: About<Kind>[] = [];
  // a page asks this of ten thousands of records, some dozens of times
  for (const record of records) {
    const subject: { readonly kind: SubjectKind } | undefined = record.subject;
    if (isOf(subject, kind)) found.push({ record, subject });
  }
  return found;
}

/** Those of them that hold a measurement: a skipped check, or one that failed early, has none. */
export function measured<Kind extends MeasuredKind>(records: Iterable<CheckRecord>, kind: Kind): Measured<Kind>[] {
  const schema = SCHEMAS[kind];
  return recordsAbout(records, kind).flatMap(({ record, subject }) => {
    const { success, data } = schema.safeParse(record.observed);
    return success ? [{ record, subject, observed: data }] : [];
  });
}

/** What of a record's evidence the schema describes, in order. */
export function evidenceOf<T>({ evidence = [] }: Pick<CheckRecord, 'evidence'>, schema: ZodType<T>): T[] {
  return evidence.flatMap((thing) => {
    const { success, data } = schema.safeParse(thing);
    return success ? [data] : [];
  });
}

function isOf<Kind extends SubjectKind>(
  subject: { readonly kind: SubjectKind } | undefined,
  kind: Kind,
): subject is SubjectOf<Kind> {
  return subject?.kind === kind;
}
