import * as z from 'zod';

/** A file of a host in the `evidence` of `install.*`. */
export const fileSchema = z.object({ kind: z.literal('file'), path: z.string(), lines: z.array(z.string()) });

export type FileEvidence = Readonly<z.infer<typeof fileSchema>>;
