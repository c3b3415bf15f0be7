import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type Docker from 'dockerode';
import { $ } from 'zx/core';
import { deferred } from '../deferred.ts';
import { LabError, lastLines } from '../errors.ts';
import { groupReader, killWords } from '../hosts/shell.ts';
import { DEBIAN_SUITES, type DebianRelease } from '../lab-file/lab.ts';
import type { Narrator } from '../progress.ts';
import { aptSources } from './apt-sources.ts';
import { follow } from './events.ts';
import { ensureTool } from './install.ts';
import { BASE } from './labels.ts';

/** What pi/Dockerfile would install; included in a bootstrapped base, where it costs one apt run less. */
const INCLUDED = 'ca-certificates,openssh-server,sudo,python3,nftables';
const REGISTRY_SILENCE_MS = 20_000;
const REGISTRY_TIMEOUT_MS = 300_000;
const BOOTSTRAP_TIMEOUT_MS = 600_000;
const BOOTSTRAP = 'echo "GROUP $$" >&2; exec mmdebstrap "$@"';

export function baseTag(debian: DebianRelease): string {
  return `mqtt-lab/base:${DEBIAN_SUITES[debian]}`;
}

/** The Debian that machines are built on: there already, or from a registry when one answers, or made from this machine's apt sources. */
export async function ensureBaseImage(
  docker: Docker,
  debian: DebianRelease,
  signal: AbortSignal,
  narrate: Narrator,
): Promise<string> {
  const tag = baseTag(debian);
  if (await hasImage(docker, tag)) return tag;
  const suite = DEBIAN_SUITES[debian];
  if (await pull(docker, `debian:${suite}-slim`, tag, signal, narrate)) return tag;
  narrate.step(`no registry answers: making Debian ${debian} from this machine's own apt sources`);
  await bootstrap(docker, suite, tag, signal, narrate);
  return tag;
}

export async function hasImage(docker: Docker, tag: string): Promise<boolean> {
  const images = await docker.listImages({ filters: { reference: [tag] } });
  return images.length > 0;
}

/** Pulls an image and gives it the lab's own tag, so that `down` can tell it from an image that the user has. */
async function pull(
  docker: Docker,
  reference: string,
  tag: string,
  signal: AbortSignal,
  narrate: Narrator,
): Promise<boolean> {
  const had = await hasImage(docker, reference);
  const limit = new AbortController();
  // AbortSignal.timeout in AbortSignal.any is forgotten at the first garbage collection (Node 20, nodejs/node#57736)
  const timer = setTimeout(() => limit.abort(), REGISTRY_TIMEOUT_MS);
  try {
    const abortSignal = AbortSignal.any([signal, limit.signal]);
    if (!had) await follow(docker, await docker.pull(reference, { abortSignal }), REGISTRY_SILENCE_MS, narrate.detail);
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    clearTimeout(timer);
  }
  await docker.getImage(reference).tag(repository(tag));
  if (!had) await docker.getImage(reference).remove();
  return true;
}

/** mmdebstrap's output goes straight into the engine: nothing is written to this machine's disk but the image. */
async function bootstrap(
  docker: Docker,
  suite: string,
  tag: string,
  signal: AbortSignal,
  narrate: Narrator,
): Promise<void> {
  await ensureTool('mmdebstrap', ['mmdebstrap', ...(await ubuntuKeyring())], narrate, signal);
  const options = [
    '--quiet',
    '--variant=minbase',
    // with the package lists: a machine made within a day of them installs without fetching them
    '--skip=cleanup/apt/lists',
    `--include=${INCLUDED}`,
    '--aptopt=Acquire::Languages "none"',
    ...SLIM,
    suite,
    '-',
    ...(await aptSources(suite)),
  ];
  const isRoot = process.getuid?.() === 0;
  // a group of its own, since mmdebstrap that is told to end waits for the apt that it has started
  const words = [...(isRoot ? [] : ['sudo', '-n']), 'setsid', '-w', 'sh', '-c', BOOTSTRAP, 'sh', ...options];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit').then(([code]) => code === 0);
  exited.catch(() => undefined);
  let complaint = '';
  const group = deferred<number>();
  const take = (text: string) => {
    complaint += text;
    narrate.detail(lastLines(text, 1));
  };
  child.stderr.setEncoding('utf8').on('data', groupReader(group.resolve, take));
  const end = async () => {
    await $({ quiet: true, nothrow: true })`${killWords(await group.promise, 'TERM', true, isRoot)}`;
  };
  const timer = setTimeout(end, BOOTSTRAP_TIMEOUT_MS);
  signal.addEventListener('abort', end);
  if (signal.aborted) void end();
  try {
    const stream = await docker.importImage(child.stdout, { ...repository(tag), changes: `LABEL ${BASE}=${suite}` });
    await follow(docker, stream, BOOTSTRAP_TIMEOUT_MS).catch(() => undefined);
    if (await exited.catch(() => false)) return;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    // the engine would not take it
    if (child.exitCode === null && child.signalCode === null) void end();
  }
  // what had arrived before mmdebstrap failed is not a Debian
  await docker
    .getImage(tag)
    .remove()
    .catch(() => undefined);
  const happened = signal.aborted ? 'interrupted' : `mmdebstrap failed\n    ${lastLines(complaint)}`;
  const advice = 'see that `apt-get update` works on this machine, or that a container registry is in reach';
  throw new LabError({ subject: 'docker', step: `make Debian ${suite}`, happened, advice }, 2);
}

function repository(reference: string): { repo: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  return { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

/** Documentation and translations are no use in an emulated Pi. */
const SLIM = [
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  '--dpkgopt=path-exclude=/usr/share/locale/*',
];

async function ubuntuKeyring(): Promise<string[]> {
  const found = await $({ quiet: true, nothrow: true })`test -e /usr/share/keyrings/debian-archive-keyring.gpg`;
  return found.exitCode === 0 ? [] : ['debian-archive-keyring'];
}
