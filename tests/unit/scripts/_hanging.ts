/** A command that leaves a timer behind. */
export async function main(): Promise<number> {
  setInterval(() => undefined, 1_000);
  return 7;
}
