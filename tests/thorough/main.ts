import { runLayer } from '../suite/layer.ts';

/** `npm run test:thorough [-- FILE… --match TITLE]`: labs in containers that `npm test` has no time for, as CI runs them. */
export async function main(args: string[]): Promise<number> {
  return await runLayer('tests/thorough', args);
}
