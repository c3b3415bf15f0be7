import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { $ } from 'zx/core';
import { deferred } from '../../base/deferred.ts';
import { LabError, lastLines } from '../../base/errors.ts';
import type { HostReporter } from '../../base/progress.ts';
import { groupReader, killWords } from '../hosts/shell.ts';
import { aptSources } from './apt-sources.ts';
import type { Emulation } from './emulation.ts';
import { ensureTool } from './install.ts';

/** What pi/Dockerfile would install; included in a bootstrapped base, where it costs one apt run less. */
const INCLUDED = ['ca-certificates', 'openssh-server', 'sudo', 'python3'];
const BOOTSTRAP_TIMEOUT_MS = 600_000;
const EMULATED_TIMEOUT_MS = 1_800_000;
const BOOTSTRAP = 'echo "GROUP $$" >&2; exec mmdebstrap "$@"';
/** Documentation and translations are no use in an emulated Pi. */
const SLIM = [
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  '--dpkgopt=path-exclude=/usr/share/locale/*',
];

export type Bootstrap = {
  readonly suite: string;
  /** Undefined: of this machine's own architecture. */
  readonly emulation: Emulation | undefined;
};

/** Name of the package that makes a machine's single connections silent; of an emulated machine, the engine's own. */
export function nftables(emulation: Emulation | undefined): string {
  // qemu's user emulation has no netlink socket of netfilter's (do_socket in its linux-user/syscall.c), the kernel below has
  return emulation === undefined ? 'nftables' : `nftables:${emulation.native}`;
}

/**
 * A Debian made by mmdebstrap from this machine's own apt sources; `take` gets its root file system as a tar archive, and is through when the archive
 * is. Throws a LabError with exit code 2 and mmdebstrap's words where it fails; what `take` has then got is not a Debian.
 */
export async function bootstrap(
  { suite, emulation }: Bootstrap,
  take: (archive: Readable) => Promise<void>,
  signal: AbortSignal,
  reporter: HostReporter,
): Promise<void> {
  await ensureTool('mmdebstrap', ['mmdebstrap', ...(await ubuntuKeyring())], reporter, signal);
  // mmdebstrap's own test of whether a foreign architecture's programs run here
  if (emulation !== undefined) await ensureTool('arch-test', ['arch-test'], reporter, signal);
  const options = [
    '--quiet',
    '--variant=minbase',
    // with the package lists: a machine made within a day of them installs without fetching them
    '--skip=cleanup/apt/lists',
    ...(emulation === undefined ? [] : [`--architectures=${emulation.architecture},${emulation.native}`]),
    `--include=${[...INCLUDED, nftables(emulation)].join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    ...SLIM,
    suite,
    '-',
    ...(await aptSources(suite)),
  ];
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  // a group of its own, since mmdebstrap that is told to end waits for the apt that it has started
  const words = [...sudo, 'setsid', '-w', 'sh', '-c', BOOTSTRAP, 'sh', ...options];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit').then(([code]) => code === 0);
  exited.catch(() => undefined);
  let complaint = '';
  const group = deferred<number>();
  const hear = (text: string) => {
    complaint += text;
    reporter.detail(lastLines(text, 1));
  };
  child.stderr.setEncoding('utf8').on('data', groupReader(group.resolve, hear));
  const end = async () => {
    await $({ quiet: true, nothrow: true })`${killWords(await group.promise, 'TERM', sudo)}`;
  };
  const timer = setTimeout(end, emulation === undefined ? BOOTSTRAP_TIMEOUT_MS : EMULATED_TIMEOUT_MS);
  signal.addEventListener('abort', end);
  if (signal.aborted) void end();
  let refusal: unknown;
  let isWhole = false;
  try {
    refusal = await take(child.stdout).then(
      () => undefined,
      (error: unknown) => error ?? 'no reason told',
    );
    // nobody reads what it still writes
    if (refusal !== undefined && child.exitCode === null && child.signalCode === null) void end();
    isWhole = await exited.catch(() => false);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
  if (isWhole && refusal === undefined) return;
  const why = isWhole ? `what it made was not taken: ${refusal}` : `mmdebstrap failed\n    ${lastLines(complaint)}`;
  const happened = signal.aborted ? 'interrupted' : why;
  const advice = 'see that `apt-get update` works on this machine, or that a container registry is in reach';
  throw new LabError({ subject: 'docker', step: `make Debian ${suite}`, happened, advice }, 'could-not-run');
}

async function ubuntuKeyring(): Promise<string[]> {
  const found = await $({ quiet: true, nothrow: true })`test -e /usr/share/keyrings/debian-archive-keyring.gpg`;
  return found.exitCode === 0 ? [] : ['debian-archive-keyring'];
}
