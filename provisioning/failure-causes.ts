import type { Trouble } from '../base/errors.ts';
import { quote } from '../base/quote.ts';
import type { Facts, Query } from './resources/facts.ts';

export type Explanation = Pick<Trouble, 'happened' | 'advice'>;

/** What a cause is explained from. */
type Evidence = {
  /** Of the step's output with the cause's pattern. */
  readonly match: RegExpExecArray;
  readonly facts: Facts;
  /** This machine's time, in milliseconds since 1970. */
  readonly now: number;
  readonly host: string;
};

/** A cause for which the steps of any host fail, recognised by the programs' English words. */
type Cause = {
  readonly pattern: RegExp;
  readonly queries: (match: RegExpExecArray) => readonly Query[];
  /** Undefined where the facts speak against the cause. */
  readonly explain: (evidence: Evidence) => Explanation | undefined;
};

const CLOCK: Query = { id: 'clock', script: 'date +%s' };
/** apt accepts lists that are this much too new. */
const MOST_OFFSET_S = 60;

/** apt refuses lists from the future, and lists that have expired (sources.list(5), Valid-Until); gpgv and sqv refuse such signatures. */
const wrongClock: Cause = {
  pattern: /^.*(?:Release file .* is (?:not valid yet|expired)|not yet valid|[Nn]ot live until|in the future).*$/m,
  queries: () => [CLOCK],
  explain({ match, facts, now, host }) {
    const there = Number(facts.get(CLOCK).output.trim());
    const offsetS = there - now / 1000;
    if (!(Math.abs(offsetS) > MOST_OFFSET_S)) return undefined;
    const [shownThere, shownHere] = [there * 1000, now].map((ms) => new Date(ms).toISOString().slice(0, 16));
    const happened = `the clock of ${host} is ${duration(Math.abs(offsetS))} ${offsetS > 0 ? 'ahead' : 'behind'}: ${shownThere}Z there, ${shownHere}Z here; so apt refuses the package lists\n    ${match[0].trim()}`;
    const advice = `set the clock there: sudo timedatectl set-ntp true, or without network time: sudo date -s '${new Date(now).toISOString().slice(0, 19)}Z'`;
    return { happened, advice };
  },
};

function duration(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${Math.round(seconds / 86_400)} days`;
  if (seconds >= 2 * 3_600) return `${Math.round(seconds / 3_600)} hours`;
  return `${Math.round(seconds / 60)} minutes`;
}

const MOUNTS: Query = { id: 'mounts', script: 'cat /proc/mounts' };

const readOnly: Cause = {
  // install(1) names the folder that it could not make, not why
  pattern: /^(?:.*Read-only file system|install: cannot (?:change permissions of|create directory) ).*$/m,
  queries: () => [MOUNTS],
  explain({ match, facts }) {
    const mounts = facts
      .get(MOUNTS)
      .output.split('\n')
      .map((line) => line.split(' '));
    const isReadOnly = ([, point = '', , options = '']: readonly string[]) =>
      /^\/(etc|usr|var|tmp|boot)?(\/|$)/.test(point) && options.split(',').includes('ro');
    // the last mount on a point hides the others; the shortest point explains the longer ones
    const [device, point] = mounts.filter(isReadOnly).sort((one, other) => lengthOf(one) - lengthOf(other))[0] ?? [];
    if (point === undefined) return undefined;
    const happened = `the file system ${point} there is mounted read-only (${device})\n    ${match[0].trim()}`;
    const advice = `sudo mount -o remount,rw ${point} there; where it becomes read-only again, the disk or SD card fails (sudo dmesg | grep -i error) or an overlay is switched on (raspi-config)`;
    return { happened, advice };
  },
};

function lengthOf([, point = '']: readonly string[]): number {
  return point.length;
}

/** The file system of the folder that apt names, and all that are local. */
function space([, named]: RegExpExecArray): Query {
  const ofNamed = named === undefined ? '' : `df -Pk ${quote(named)}`;
  return { id: 'space', script: `${ofNamed}\necho blocks\ndf -Pkl\necho inodes\ndf -Pil\ntrue` };
}

const fullDisk: Cause = {
  pattern: /^.*(?:No space left on device|enough free space in (\/\S*?)\.?$).*/m,
  queries: (match) => [space(match)],
  explain({ match, facts }) {
    const [named = '', blocks = '', inodes = ''] = facts.get(space(match)).output.split(/^(?:blocks|inodes)$/m);
    const full = [...fileSystems(blocks, 'blocks'), ...fileSystems(inodes, 'inodes')].find(({ isFull }) => isFull);
    const [found = full] = fileSystems(named, 'blocks');
    if (found === undefined) return undefined;
    const happened = `the disk is full: ${found.text}\n    ${match[0].trim()}`;
    const advice = `free space on it: sudo apt-get clean; sudo journalctl --vacuum-size=50M; sudo du -xh ${found.point} | sort -h | tail`;
    return { happened, advice };
  },
};

/** In percent; the kernel keeps some blocks for root. */
const FULL_FROM = 98;

/** The lines of `df -P`, such as `/dev/sda1  30000 29990 10 100% /var`, without the images of snaps, which are always full. */
function fileSystems(output: string, unit: 'blocks' | 'inodes') {
  return output.split('\n').flatMap((line) => {
    const [, device = '', total, left, used, point] = /^(\S+) +(\d+) +\d+ +(\d+) +(\d+)% +(\/.*)$/.exec(line) ?? [];
    if (point === undefined || device.startsWith('/dev/loop')) return [];
    const megabytes = (kilobytes: string | undefined) => `${Math.floor(Number(kilobytes) / 1024)} MB`;
    const free = unit === 'blocks' ? `${megabytes(left)} of ${megabytes(total)}` : `${left} of ${total} inodes`;
    return [{ point, isFull: Number(used) >= FULL_FROM, text: `${point} (${device}) has ${free} free` }];
  });
}

const HELD: Query = { id: 'held', script: 'apt-mark showhold' };

const held: Cause = {
  pattern: /^.*(?:Held packages were changed|held broken packages).*$/m,
  queries: () => [HELD],
  explain({ match, facts }) {
    const names = facts
      .get(HELD)
      .output.split('\n')
      .filter((name) => name !== '');
    if (names.length === 0) return undefined;
    const happened = `apt must not change packages that are held (apt-mark hold): ${names.join(', ')}\n    ${match[0].trim()}`;
    const advice = `if nothing needs the hold, remove it there: sudo apt-mark unhold ${names.join(' ')}`;
    return { happened, advice };
  },
};

/** The lines of apt's sources that name a server, as `FILE:LINE`. */
function sourcesOf(server: string): Query {
  const script = `grep -nHF -e ${quote(`//${server}`)} /etc/apt/sources.list /etc/apt/sources.list.d/* | cut -d: -f1,2`;
  return { id: 'sources', script };
}

/** `its source (FILE:LINE, …)`. */
function sourceText(facts: Facts, server: string): string {
  const places = facts
    .get(sourcesOf(server))
    .output.split('\n')
    .filter((place) => place !== '');
  return places.length === 0 ? 'its source' : `its source (${places.slice(0, 3).join(', ')})`;
}

const noName: Cause = {
  pattern: /^.*(?:failure resolving|Could not resolve(?: host:)?) '?([\w.-]+).*$/m,
  queries: ([, server = '']) => [sourcesOf(server)],
  explain({ match: [line, server = ''], facts, host }) {
    const happened = `${host} cannot resolve ${server}\n    ${line.trim()}`;
    const advice = `check the network and the name server there (getent hosts ${server}; cat /etc/resolv.conf), or correct ${sourceText(facts, server)}`;
    return { happened, advice };
  },
};

const CONNECTION = /[Cc]onnect|timed out/;

const deadSource: Cause = {
  pattern:
    /^.*(?:The repository '|Failed to fetch )\w+:\/\/(?:[^/@\s]*@)?([^/\s]+).*(?:does not have a Release file|no longer has a Release file| [45]\d\d +\w|[Cc]onnect|timed out).*$/m,
  queries: ([, server = '']) => [sourcesOf(server)],
  explain({ match: [line, server = ''], facts, host }) {
    const source = sourceText(facts, server);
    const update = 'then run sudo apt-get update there';
    if (!CONNECTION.test(line)) {
      const happened = `${server}, a source of apt, does not have what apt asks for\n    ${line.trim()}`;
      return { happened, advice: `correct or remove ${source}, ${update}` };
    }
    const happened = `${host} does not reach ${server}, a source of apt\n    ${line.trim()}`;
    return { happened, advice: `check the network there, or correct or remove ${source}, ${update}` };
  },
};

/** In the order in which they explain each other: with a wrong clock or a full disk, apt also complains about its sources. */
export const CAUSES: readonly Cause[] = [wrongClock, readOnly, fullDisk, held, noName, deadSource];
