import { main as test } from '../suite/test.ts';

/** `npm run test:slow [-- --match TITLE]`: what takes too long for `npm test`, on the same engine and base images; leaves nothing behind either. */
export async function main(args: string[]): Promise<number> {
  return await test(['--config', 'tests/slow/ava.config.js', ...args]);
}
