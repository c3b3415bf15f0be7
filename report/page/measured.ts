import type { ZodType } from 'zod';
import type { CheckRecord } from '../../records/record.ts';
import type { Results } from '../../records/results.ts';

/** A record together with its `observed`, read by a schema of report/measured/. */
export type Measured<T> = { readonly record: CheckRecord; readonly observed: T };

/** The records whose id is `prefix` or begins with it and a dot. */
export function checksOf({ checks }: Pick<Results, 'checks'>, prefix: string): CheckRecord[] {
  return checks.filter(({ id }) => id === prefix || id.startsWith(`${prefix}.`));
}

/** Those of them whose `observed` is what the schema describes: a skipped one, one that failed early or one of an older version is not. */
export function recordsOf<T>(results: Pick<Results, 'checks'>, prefix: string, schema: ZodType<T>): Measured<T>[] {
  return checksOf(results, prefix).flatMap((record) => {
    const { success, data } = schema.safeParse(record.observed);
    return success ? [{ record, observed: data }] : [];
  });
}

/** What of a record's evidence the schema describes, in order. */
export function evidenceOf<T>({ evidence = [] }: CheckRecord, schema: ZodType<T>): T[] {
  return evidence.flatMap((thing) => {
    const { success, data } = schema.safeParse(thing);
    return success ? [data] : [];
  });
}
