import * as z from 'zod';

/** `expected` and `observed` of `acl.<right>.*`: whether what the user tried took effect. Beside it stand the numbers that show it. */
export const rightSchema = z.object({ tookEffect: z.boolean() });

export type RightEffect = z.infer<typeof rightSchema>;
