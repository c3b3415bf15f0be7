import * as z from 'zod';
import { hostPasswordSchema, passwordSchema } from './schema.ts';

const text = z.string().optional().catch(undefined);
const names = z.array(text).optional().catch(undefined);
const machine = {
  host: text,
  identity: text,
  hostKey: text,
  password: hostPasswordSchema.optional().catch(undefined),
};

function named<Entry extends z.ZodType>(entry: Entry) {
  return z.record(z.string(), entry.optional().catch(undefined)).optional().catch(undefined);
}

const draftSchema = z
  .object({
    broker: z
      .object({
        ...machine,
        address: z.unknown().optional(),
        software: z.unknown().optional(),
        options: z.unknown().optional(),
      })
      .optional()
      .catch(undefined),
    pis: named(
      z.object({ ...machine, architecture: text, repository: z.object({ key: text }).optional().catch(undefined) }),
    ),
    users: named(z.object({ password: passwordSchema.optional().catch(undefined) })),
    groups: named(names),
    topics: named(z.object({ publish: names, subscribe: names, lastWill: names, deny: names })),
    containers: z.object({ subnet: text }).optional().catch(undefined),
  })
  .catch({});

/** The readable parts of a lab file that may have mistakes; undefined for the rest. */
export type Draft = z.output<typeof draftSchema>;

/** Never fails, so that the rules and the schema report all mistakes together. */
export function draftOf(value: unknown): Draft {
  return draftSchema.parse(value);
}
