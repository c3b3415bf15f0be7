/**
 * The first of the names that is one of a time zone, otherwise the name by Node, which may be one that Debian lacks
 * (Asia/Calcutta); undefined where Node knows none.
 * @param names as in TZ, or as /etc/localtime leads to
 */
export function timeZoneOf(
  names: readonly (string | undefined)[],
  byNode: string = Intl.DateTimeFormat().resolvedOptions().timeZone,
): string | undefined {
  const found = names
    .map((name) => name?.replace(/^:?(.*\/zoneinfo\/)?/, ''))
    .find((name) => name !== undefined && /^[A-Z][A-Za-z_]*(\/[\w+-]+)*$/.test(name));
  return found ?? (byNode === 'Etc/Unknown' ? undefined : byNode);
}
