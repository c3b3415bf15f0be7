import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { ignoreFailure } from '../../base/errors.ts';
import { DEBIAN_SUITES, type DebianRelease } from '../../lab-file/lab.ts';
import { type BuildOptions, bootstrap } from './bootstrap.ts';
import { type Emulation, platformOf } from './emulation.ts';
import { follow } from './events.ts';
import { architectureLabel, BASE } from './labels.ts';
import { loadImage, openLayer } from './load-image.ts';

const REGISTRY_SILENCE_MS = 20_000;
const REGISTRY_TIMEOUT_MS = 300_000;
/** How long the engine may be silent while it imports a root file system that mmdebstrap still makes. */
const IMPORT_SILENCE_MS = 600_000;

/** The Debian that images are built on; `emulation` undefined: of the engine's own architecture. */
export type BaseSpec = { readonly debian: DebianRelease; readonly emulation?: Emulation | undefined };

/** The engine's own architecture is not part of the name. */
export function baseTag({ debian, emulation }: BaseSpec): string {
  const suite = DEBIAN_SUITES[debian];
  return `mqtt-lab/base:${emulation === undefined ? suite : `${suite}-${emulation.architecture}`}`;
}

/** The tag of the base image, which is reused, pulled from a registry, or made from this machine's apt sources. */
export async function ensureBaseImage(docker: Docker, base: BaseSpec, options: BuildOptions): Promise<string> {
  const tag = baseTag(base);
  if ((await hasImage(docker, tag)) || (await pull(docker, base, options))) return tag;
  const { debian, emulation } = base;
  const what = emulation === undefined ? `Debian ${debian}` : `Debian ${debian} for ${emulation.architecture}`;
  const time = emulation === undefined ? '' : ', once; this takes some minutes';
  options.reporter.step(
    `no registry answers: building the image of ${what} from this machine's own apt sources${time}`,
  );
  if (emulation === undefined) await importBase(docker, base, options);
  else await loadBase(docker, { debian, emulation }, options);
  return tag;
}

/** mmdebstrap's output goes straight into the engine, so that this machine's disk gets the image alone. */
async function importBase(docker: Docker, base: BaseSpec, options: BuildOptions): Promise<void> {
  const tag = baseTag(base);
  const suite = DEBIAN_SUITES[base.debian];
  try {
    const take = (archive: Readable) => importArchive(docker, archive, { tag, label: `${BASE}=${suite}` });
    await bootstrap({ suite, emulation: undefined }, take, options);
  } catch (error) {
    // an import that mmdebstrap did not finish leaves an incomplete image
    await ignoreFailure(docker.getImage(tag).remove());
    throw error;
  }
}

/**
 * Imports a root file system, as a tar archive, while it is being written. Node sends a request with the first byte of its body,
 * and the engine closes a connection without a request after 5 minutes (net/http, ReadHeaderTimeout): the archive must have begun.
 */
export async function importArchive(
  docker: Docker,
  archive: Readable,
  { tag, label }: { readonly tag: string; readonly label: string },
): Promise<void> {
  await once(archive, 'readable');
  const stream = await docker.importImage(archive, { ...repository(tag), changes: `LABEL ${label}` });
  await follow(docker, stream, IMPORT_SILENCE_MS);
}

/** Another architecture's goes through a file, since the engine needs the architecture before the layer. */
async function loadBase(
  docker: Docker,
  { debian, emulation }: BaseSpec & { readonly emulation: Emulation },
  options: BuildOptions,
): Promise<void> {
  const { architecture } = emulation;
  const suite = DEBIAN_SUITES[debian];
  await using layer = await openLayer();
  await bootstrap({ suite, emulation }, layer.write, options);
  const labels = { [BASE]: suite, ...architectureLabel(architecture) };
  await loadImage(docker, layer, { tag: baseTag({ debian, emulation }), architecture, labels }, options.signal);
}

export async function hasImage(docker: Docker, tag: string): Promise<boolean> {
  const images = await docker.listImages({ filters: { reference: [tag] } });
  return images.length > 0;
}

/** Pulls the image and gives it the lab's own tag, so that `down` removes no image of the user's. Returns whether it could. */
async function pull(docker: Docker, base: BaseSpec, { signal, reporter }: BuildOptions): Promise<boolean> {
  const reference = `${namespace(base.emulation)}debian:${DEBIAN_SUITES[base.debian]}-slim`;
  const hadImage = await hasImage(docker, reference);
  const limit = new AbortController();
  // AbortSignal.timeout in AbortSignal.any is forgotten at the first garbage collection (Node 20, nodejs/node#57736)
  const timer = setTimeout(() => limit.abort(), REGISTRY_TIMEOUT_MS);
  try {
    const abortSignal = AbortSignal.any([signal, limit.signal]);
    const platform = platformOf(base.emulation?.architecture);
    const pulled = hadImage ? undefined : await docker.pull(reference, { ...platform, abortSignal });
    if (pulled !== undefined) await follow(docker, pulled, REGISTRY_SILENCE_MS, reporter.detail);
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    clearTimeout(timer);
  }
  await docker.getImage(reference).tag(repository(baseTag(base)));
  if (!hadImage) await docker.getImage(reference).remove();
  return true;
}

function repository(reference: string): { repo: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  return { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

/** The registry has another architecture's Debian under a name of its own, so the user's image `debian` stays unchanged. */
function namespace(emulation: Emulation | undefined): string {
  if (emulation === undefined) return '';
  return { amd64: 'amd64/', arm64: 'arm64v8/' }[emulation.architecture];
}
