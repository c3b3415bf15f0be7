import process from 'node:process';
import * as z from 'zod';
import type { Architecture, DebianRelease } from '../../../lab-file/lab.ts';

/** Environment variable with the setup, for the test files. */
const SETUP = 'MQTT_LAB_VM_SETUP';

const imageSchema = z.strictObject({ folder: z.string(), hostKey: z.string() });
const setupSchema = z.strictObject({
  accelerator: z.enum(['kvm', 'tcg']),
  /** The first three numbers of the machines' addresses. */
  subnet: z.string(),
  /** A tap device for each machine; machine N has the address SUBNET.(N + 2). */
  taps: z.array(z.string()).readonly(),
  /** By `imageName`. */
  images: z.record(z.string(), imageSchema),
});

/** What `npm run test:vm` has prepared for its test files. */
export type Setup = z.infer<typeof setupSchema>;
export type Accelerator = Setup['accelerator'];

/** What a machine boots. */
export type System = { readonly debian: DebianRelease; readonly architecture: Architecture };

export function imageName({ debian, architecture }: System): string {
  return `${debian}-${architecture}`;
}

export function giveSetup(setup: Setup): void {
  process.env[SETUP] = JSON.stringify(setup);
}

export function givenSetup(): Setup {
  const text = process.env[SETUP];
  if (text === undefined) throw new Error('these tests need the machines of `npm run test:vm`');
  return setupSchema.parse(JSON.parse(text));
}
