import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { HostReporter } from '../../base/progress.ts';
import { DEBIAN_SUITES, type DebianRelease } from '../../lab-file/lab.ts';
import { bootstrap } from './bootstrap.ts';
import { type Emulation, platformOf } from './emulation.ts';
import { follow } from './events.ts';
import { architectureLabel, BASE } from './labels.ts';
import { loadImage, openLayer } from './load-image.ts';

const REGISTRY_SILENCE_MS = 20_000;
const REGISTRY_TIMEOUT_MS = 300_000;
/** How long the engine may be silent while it takes a root file system, which it gets as that is made. */
const IMPORT_SILENCE_MS = 600_000;

/** The engine's own architecture goes without saying. */
export function baseTag(debian: DebianRelease, emulation?: Emulation): string {
  const suite = DEBIAN_SUITES[debian];
  return `mqtt-lab/base:${emulation === undefined ? suite : `${suite}-${emulation.architecture}`}`;
}

/** The Debian that machines are built on: there already, or from a registry when one answers, or made from this machine's apt sources. */
export async function ensureBaseImage(
  docker: Docker,
  debian: DebianRelease,
  emulation: Emulation | undefined,
  signal: AbortSignal,
  reporter: HostReporter,
): Promise<string> {
  const tag = baseTag(debian, emulation);
  if (await hasImage(docker, tag)) return tag;
  const suite = DEBIAN_SUITES[debian];
  if (await pull(docker, `${namespace(emulation)}debian:${suite}-slim`, emulation, tag, signal, reporter)) return tag;
  const what = emulation === undefined ? `Debian ${debian}` : `Debian ${debian} for ${emulation.architecture}`;
  const time = emulation === undefined ? '' : ', which takes minutes once';
  reporter.step(`no registry answers: making ${what} from this machine's own apt sources${time}`);
  await (emulation === undefined
    ? importBase(docker, suite, tag, signal, reporter)
    : loadBase(docker, suite, emulation, tag, signal, reporter));
  return tag;
}

/** mmdebstrap's output goes straight into the engine: nothing is written to this machine's disk but the image. */
async function importBase(
  docker: Docker,
  suite: string,
  tag: string,
  signal: AbortSignal,
  reporter: HostReporter,
): Promise<void> {
  try {
    const take = async (archive: Readable) => {
      const stream = await docker.importImage(archive, { ...repository(tag), changes: `LABEL ${BASE}=${suite}` });
      await follow(docker, stream, IMPORT_SILENCE_MS);
    };
    await bootstrap({ suite, emulation: undefined }, take, signal, reporter);
  } catch (error) {
    // what had arrived before mmdebstrap failed is not a Debian
    await docker
      .getImage(tag)
      .remove()
      .catch(() => undefined);
    throw error;
  }
}

/** Another architecture's goes over a file, since the engine has to be told the architecture before it gets the rest. */
async function loadBase(
  docker: Docker,
  suite: string,
  emulation: Emulation,
  tag: string,
  signal: AbortSignal,
  reporter: HostReporter,
): Promise<void> {
  await using layer = await openLayer();
  await bootstrap({ suite, emulation }, layer.write, signal, reporter);
  const { architecture } = emulation;
  await loadImage(
    docker,
    layer,
    { tag, architecture, labels: { [BASE]: suite, ...architectureLabel(architecture) } },
    signal,
  );
}

export async function hasImage(docker: Docker, tag: string): Promise<boolean> {
  const images = await docker.listImages({ filters: { reference: [tag] } });
  return images.length > 0;
}

/** Pulls an image and gives it the lab's own tag, so that `down` can tell it from an image that the user has. */
async function pull(
  docker: Docker,
  reference: string,
  emulation: Emulation | undefined,
  tag: string,
  signal: AbortSignal,
  reporter: HostReporter,
): Promise<boolean> {
  const had = await hasImage(docker, reference);
  const limit = new AbortController();
  // AbortSignal.timeout in AbortSignal.any is forgotten at the first garbage collection (Node 20, nodejs/node#57736)
  const timer = setTimeout(() => limit.abort(), REGISTRY_TIMEOUT_MS);
  try {
    const abortSignal = AbortSignal.any([signal, limit.signal]);
    const platform = platformOf(emulation?.architecture);
    const pulled = had ? undefined : await docker.pull(reference, { ...platform, abortSignal });
    if (pulled !== undefined) await follow(docker, pulled, REGISTRY_SILENCE_MS, reporter.detail);
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

function repository(reference: string): { repo: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  return { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

/** Another architecture's Debian has a name of its own at the registry, so that the user's own image `debian` stays what it is. */
function namespace(emulation: Emulation | undefined): string {
  if (emulation === undefined) return '';
  return { amd64: 'amd64/', arm64: 'arm64v8/' }[emulation.architecture];
}
