import * as z from 'zod';

/** `expected` and `observed` of `auth.*`: whether the broker accepts the connection, and how it says so. */
export const loginSchema = z.object({
  accepted: z.boolean(),
  /** Code of the CONNACK. */
  code: z.number().optional(),
  /** Bytes of the answer in hex, such as `20 02 00 05`. */
  answer: z.string().optional(),
});

export type Login = z.infer<typeof loginSchema>;
