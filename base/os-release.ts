/**
 * Reads os-release(5), shell assignments that it never evaluates: `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"` →
 * `PRETTY_NAME` → `Debian GNU/Linux 12 (bookworm)`. The last assignment of a name counts; other lines are skipped.
 */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*?)\r?$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, unquoted(value)] as const];
    }),
  );
}

function unquoted(value: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/.exec(value.trim()) ?? [];
  if (inner === undefined) return value.trim();
  return quote === "'" ? inner : inner.replaceAll(/\\(["$`\\])/g, '$1');
}
