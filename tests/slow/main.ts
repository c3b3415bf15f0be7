import { runLayer } from '../suite/layer.ts';

/** `npm run test:slow [-- FILE… --match TITLE]`: tests that take hours, one file at a time since some measure time. */
export async function main(args: string[]): Promise<number> {
  return await runLayer('tests/slow', args, ['--concurrency', '1', '--timeout', '10m']);
}
