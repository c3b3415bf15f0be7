/** This machine's locale as Debian names it, such as sv_SE.UTF-8, by locale(7)'s variables; undefined for C, and where none is set. */
export function localeOf({ LC_ALL, LANG }: Readonly<Record<string, string | undefined>>): string | undefined {
  const name = /^([a-z]{2,3}_[A-Z]{2})\.utf-?8$/i.exec(LC_ALL || LANG || '')?.[1];
  return name === undefined ? undefined : `${name}.UTF-8`;
}
