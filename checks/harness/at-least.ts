/** Whether a version such as `2.0.11` is this one or a later one. */
export function isAtLeast(version: string, [major, minor, patch]: readonly [number, number, number]): boolean {
  const [has = 0, hasMinor = 0, hasPatch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (has !== major) return has > major;
  if (hasMinor !== minor) return hasMinor > minor;
  return hasPatch >= patch;
}
