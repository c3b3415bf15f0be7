import { spawn } from 'node:child_process';
import process from 'node:process';
import { $ } from 'zx/core';
import { lastLines } from '../../base/errors.ts';
import type { HostReporter } from '../../base/progress.ts';
import { beginReader, killWords, MARK_ERRORS } from '../hosts/shell.ts';
import { aptSources } from './apt-sources.ts';
import { bootstrapFailure } from './bootstrap-failure.ts';
import type { Emulation } from './emulation.ts';
import { BUILD_SILENCE_MS } from './events.ts';
import { type HandOverOptions, handOver, type Producer } from './hand-over.ts';
import { ensureTool } from './install.ts';

const BOOTSTRAP = `${MARK_ERRORS}; exec mmdebstrap "$@"`;
/**
 * An emulated Pi needs no documentation and no translations. dpkg reads that in the new system; as an option of mmdebstrap it would
 * start a Python program for each package, which doubles the time.
 */
const EXCLUDED = ['doc', 'locale', 'man'].map((folder) => `'path-exclude=/usr/share/${folder}/*'`).join(' ');
const SLIM = `cd "$1" && mkdir -p etc/dpkg/dpkg.cfg.d && printf '%s\\n' ${EXCLUDED} >etc/dpkg/dpkg.cfg.d/mqtt-lab`;

export type BuildOptions = { readonly signal: AbortSignal; readonly reporter: HostReporter };

export type Bootstrap = {
  readonly suite: string;
  /** Undefined: of this machine's own architecture. */
  readonly emulation: Emulation | undefined;
};

/** The package that silences single connections of a container; of an emulated one, the engine's own. */
export function nftables(emulation: Emulation | undefined): string {
  // qemu's user emulation has no netlink socket of netfilter's (do_socket in its linux-user/syscall.c), the kernel below has
  return emulation === undefined ? 'nftables' : `nftables:${emulation.native}`;
}

/**
 * Makes a Debian with mmdebstrap from this machine's own apt sources; `take` reads its root file system as a tar archive.
 * Throws a LabError with exit code 2 and the first cause where either fails; what `take` has read is then incomplete.
 */
export async function bootstrap(
  debian: Bootstrap,
  take: HandOverOptions['take'],
  { signal, reporter }: BuildOptions,
): Promise<void> {
  await ensureTool('mmdebstrap', ['mmdebstrap', ...(await ubuntuKeyring())], reporter, signal);
  // mmdebstrap's own test of whether a foreign architecture's programs run here
  if (debian.emulation !== undefined) await ensureTool('arch-test', ['arch-test'], reporter, signal);
  const options = await optionsOf(debian);
  const { output, ...producer } = start(options, reporter);
  const cause = await handOver(producer, { take, silenceMs: BUILD_SILENCE_MS, signal });
  if (cause === undefined) return;
  throw await bootstrapFailure({ cause, output: output(), suite: debian.suite, signal });
}

async function optionsOf({ suite, emulation }: Bootstrap): Promise<string[]> {
  const sources = await aptSources(suite);
  return [
    // the output of apt and dpkg, which shows progress
    '--verbose',
    '--variant=minbase',
    // with the package lists: a machine made within a day of them installs without fetching them
    '--skip=cleanup/apt/lists',
    ...(emulation === undefined ? [] : [`--architectures=${emulation.architecture},${emulation.native}`]),
    `--include=${includedPackages(sources, emulation).join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    `--setup-hook=${SLIM}`,
    suite,
    '-',
    ...sources,
  ];
}

/** What pi/Dockerfile would install, which saves a run of apt, and the certificates for sources that need them. */
export function includedPackages(sources: readonly string[], emulation: Emulation | undefined): string[] {
  const certificates = sources.some((source) => source.includes('https:')) ? ['ca-certificates'] : [];
  return [...certificates, 'openssh-server', 'sudo', 'python3', nftables(emulation)];
}

type Started = Producer & {
  /** mmdebstrap's messages so far. */
  readonly output: () => string;
};

/** Starts mmdebstrap in a process group of its own: on TERM it would wait for the apt that it has started. */
export function start(options: readonly string[], reporter: HostReporter): Started {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const words = [...sudo, 'setsid', '-w', 'sh', '-c', BOOTSTRAP, 'sh', ...options];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  let leader: number | undefined;
  let messages = '';
  const read = (text: string) => {
    messages += text;
    reporter.detail(lastLines(text, 1));
  };
  const begin = (group: number) => {
    leader = group;
  };
  const errors = beginReader('stderr', begin, read);
  child.stderr.setEncoding('utf8').on('data', errors.push);
  const end: Producer['end'] = async (signal) => {
    // sudo may never start it
    if (leader === undefined) child.kill(`SIG${signal}`);
    else await $({ quiet: true, nothrow: true })`${killWords([leader], signal, sudo)}`;
  };
  // before the mark, sudo says why it did not start
  return { child, output: () => (errors.hasBegun() ? messages : errors.before()), end };
}

async function ubuntuKeyring(): Promise<string[]> {
  const found = await $({ quiet: true, nothrow: true })`test -e /usr/share/keyrings/debian-archive-keyring.gpg`;
  return found.exitCode === 0 ? [] : ['debian-archive-keyring'];
}
