import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { errorMessage, ignoreFailure, lastLines } from '../../base/errors.ts';
import { startBound, stretchedSeconds } from '../../base/slowness.ts';
import { DEBIAN_SUITES, type DebianRelease } from '../../lab-file/lab.ts';
import { type BuildOptions, bootstrap } from './bootstrap.ts';
import { type Emulation, platformOf } from './emulation.ts';
import { follow } from './events.ts';
import type { HandOverOptions } from './hand-over.ts';
import { architectureLabel, BASE } from './labels.ts';
import { loadImage, openLayer } from './load-image.ts';

/** How long a registry may be silent, also before its first answer. */
const REGISTRY_SILENCE_MS = 60_000;

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
  if (await hasImage(docker, tag)) return tag;
  const why = await pull(docker, base, options);
  if (why === undefined) return tag;
  const { debian, emulation } = base;
  const what = emulation === undefined ? `Debian ${debian}` : `Debian ${debian} for ${emulation.architecture}`;
  const time = emulation === undefined ? '' : ', once; this takes some minutes';
  options.reporter.step(
    `building the image of ${what} from this machine's own apt sources${time}, since it could not be pulled: ${why}`,
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
    const take: HandOverOptions['take'] = (archive, signal) =>
      importArchive(docker, archive, { tag, label: `${BASE}=${suite}`, signal });
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
  { tag, label, signal }: { readonly tag: string; readonly label: string; readonly signal: AbortSignal },
): Promise<void> {
  await once(archive, 'readable', { signal });
  const stream = await docker.importImage(archive, {
    ...repository(tag),
    changes: `LABEL ${label}`,
    abortSignal: signal,
  });
  await follow(docker, stream, {});
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

/** Pulls the image and gives it the lab's own tag, so that `down` removes no image of the user's. Returns why it could not. */
async function pull(docker: Docker, base: BaseSpec, { signal, reporter }: BuildOptions): Promise<string | undefined> {
  const reference = `${namespace(base.emulation)}debian:${DEBIAN_SUITES[base.debian]}-slim`;
  const hadImage = await hasImage(docker, reference);
  const limit = new AbortController();
  const bound = startBound(REGISTRY_SILENCE_MS, () => limit.abort());
  const onLine = (line: string) => {
    bound.renew();
    reporter.detail(line);
  };
  try {
    const abortSignal = AbortSignal.any([signal, limit.signal]);
    const platform = platformOf(base.emulation?.architecture);
    const pulled = hadImage ? undefined : await docker.pull(reference, { ...platform, abortSignal });
    if (pulled !== undefined) await follow(docker, pulled, { onLine });
  } catch (error) {
    signal.throwIfAborted();
    return limit.signal.aborted
      ? `the registry was silent for ${stretchedSeconds(REGISTRY_SILENCE_MS)} s`
      : lastLines(errorMessage(error), 1);
  } finally {
    bound.close();
  }
  await docker.getImage(reference).tag(repository(baseTag(base)));
  if (!hadImage) await docker.getImage(reference).remove();
  return undefined;
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
