import * as z from 'zod';
import { listenerSchema, userCertificate } from './listener-schema.ts';
import { hostPasswordSchema, passwordSchema } from './schema.ts';
import { wifiPasswordSchema } from './wifi.ts';

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

const brokerTlsDraft = z.object({ certificate: text, key: text, ca: text, revoke: z.unknown().optional() });

/** A password that the schema refuses is still one. */
const userDraft = z
  .object({ password: z.unknown().optional(), certificate: userCertificate.optional().catch(undefined) })
  .transform(({ password, certificate }) => ({
    password: passwordSchema.optional().catch(undefined).parse(password),
    hasPassword: password !== undefined,
    certificate,
  }));

const draftSchema = z
  .object({
    broker: z
      .object({
        ...machine,
        address: z.unknown().optional(),
        port: z.unknown().optional(),
        listeners: z.array(listenerSchema.optional().catch(undefined)).optional().catch(undefined),
        tls: brokerTlsDraft.optional().catch(undefined),
        software: z.unknown().optional(),
        options: z.unknown().optional(),
      })
      .optional()
      .catch(undefined),
    pis: named(
      z.object({
        ...machine,
        architecture: text,
        repository: z.object({ key: text }).optional().catch(undefined),
        wifi: z
          .object({ password: wifiPasswordSchema.optional().catch(undefined) })
          .optional()
          .catch(undefined),
      }),
    ),
    users: named(userDraft),
    groups: named(names),
    topics: named(z.object({ publish: names, subscribe: names, lastWill: names, deny: names })),
    containers: z.object({ subnet: text, debian: z.unknown().optional() }).optional().catch(undefined),
  })
  .catch({});

/** The readable parts of a lab file that may have mistakes; undefined for the rest. */
export type Draft = z.output<typeof draftSchema>;

/** Never fails, so that the rules and the schema report all mistakes together. */
export function draftOf(value: unknown): Draft {
  return draftSchema.parse(value);
}
