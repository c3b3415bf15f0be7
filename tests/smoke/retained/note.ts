import * as z from 'zod';

const Content = z.object({
  /** Process, and milliseconds since 1970, that it was written by and at. */
  pid: z.number(),
  at: z.number(),
  mark: z.string(),
  /** null: nothing was retained. Absent: nothing has been changed yet. */
  kept: z
    .object({ payload: z.base64(), qos: z.number(), properties: z.array(z.string()).optional() })
    .nullable()
    .optional(),
});

/** The content of a keeper's file (`retained-keeper.ts`); undefined where it is none. */
export function parsed(text: string): z.infer<typeof Content> | undefined {
  try {
    return Content.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
