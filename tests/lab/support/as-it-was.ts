import type { Container } from './container.ts';

/** What a host is, a line a thing: files with type, mode, owner, time, link and content, packages with their marks, accounts, listeners, programs that run. */
export type Snapshot = ReadonlyMap<string, string>;

/** Places that no provisioning restores, and why. */
const OTHERS: readonly (readonly [why: string, pattern: RegExp])[] = [
  ["apt's and dpkg's diaries", /^\/var\/log\/(dpkg\.log|alternatives\.log|apt\/)/],
  ["apt's caches and lists", /^\/var\/(cache\/apt|lib\/apt\/lists)\//],
  [
    "dpkg's own books: locks, the last status",
    /^\/var\/lib\/dpkg\/(status-old|lock|lock-frontend|triggers\/Lock|available)$/,
  ],
  [
    "the accounts' earlier versions, which every change of an account writes",
    /^\/etc\/(passwd|group|shadow|gshadow)-$/,
  ],
  ["adduser's lock, gone with a reboot", /^\/run\/adduser(\/|$)/],
  ["the dynamic linker's cache", /^(\/etc\/ld\.so\.cache|\/var\/cache\/ldconfig\/)/],
  [
    'who has logged in, of sshd, PAM and sudo',
    /^(\/var\/log\/(lastlog|wtmp|btmp)|\/run\/(utmp|motd\.dynamic|sudo\/)|\/var\/lib\/sudo\/)/,
  ],
];
/** Their content is the same; each transaction writes them again. */
const BOOKS = /^(\/var\/lib\/(dpkg\/status|apt\/extended_states)|\/etc\/(passwd|group|shadow|gshadow))$/;

/** Looks at all of a machine's file system. A folder's time and size change with what comes and goes in it, its owner and mode do not. */
const SCRIPT = `
find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /var/cache/apt -o -path /var/lib/apt/lists \\) -prune -o -type d -printf 'file %p\\t%y %m %U:%G\\n' -o -printf 'file %p\\t%y %m %U:%G %s %T@ %l\\n'
find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /var/cache/apt -o -path /var/lib/apt/lists \\) -prune -o -type f -print0 | xargs -0 md5sum | sed 's/^\\([0-9a-f]*\\)  \\(.*\\)/content \\2\\t\\1/'
dpkg-query -W -f='package \${binary:Package}\\t\${Version} \${db:Status-Abbrev}\\n'
apt-mark showauto | sed 's/$/\\tauto/; s/^/mark /'
getent passwd | sed 's/:/\\t/; s/^/user /'
getent group | sed 's/:/\\t/; s/^/group /'
cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" { print "listener " $2 "\\t" }'
for process in /proc/[0-9]*; do read -r name <$process/comm && printf 'program %s\\t\\n' "$name"; done 2>/dev/null`;

export async function snapshot({ shell }: Pick<Container, 'shell'>): Promise<Snapshot> {
  const lines = (await shell(SCRIPT)).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [key = '', value = ''] = line.split('\t');
      const path = key.slice(key.indexOf(' ') + 1);
      // what looks, and who has logged in to have it done
      if (/^program (sh|sshd|find|cat|xargs|bash|sudo)$/.test(key)) return [];
      if (key === '' || OTHERS.some(([, pattern]) => pattern.test(path))) return [];
      return [[key, key.startsWith('file ') && BOOKS.test(path) ? value.replace(/ [\d.]+ $/, '') : value] as const];
    }),
  );
}

/** What differs, a line each: `- what was`, `+ what is`. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === is) return [];
    return [...(was === undefined ? [] : [`- ${key} ${was}`]), ...(is === undefined ? [] : [`+ ${key} ${is}`])];
  });
}
