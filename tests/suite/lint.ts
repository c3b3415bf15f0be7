import { checkStatically, lintChecks } from './static-checks.ts';

/** `npm run lint`: Biome and shellcheck. Arguments go to Biome, such as `-- --write`. */
export async function main(args: string[]): Promise<number> {
  const { failed } = await checkStatically(lintChecks(args), console.log, new AbortController().signal);
  return failed === 0 ? 0 : 1;
}
