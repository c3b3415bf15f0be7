import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { errorMessage, LabError } from '../../base/errors.ts';
import type { Architecture, DebianRelease } from '../../lab-file/lab.ts';
import { engineAdvice } from './apparmor.ts';
import { ensureBaseImage, hasImage } from './base-image.ts';
import { type BuildOptions, nftables } from './bootstrap.ts';
import { type Emulation, platformOf } from './emulation.ts';
import { BUILD_SILENCE_MS, follow } from './events.ts';
import { architectureLabel, BASE, LAB, labFilter, RECIPE } from './labels.ts';
import { tar } from './tar.ts';

const DOCKERFILE = new URL('../../pi/Dockerfile', import.meta.url);

/** What an image is made from. */
export type ImageSpec = {
  readonly lab: string;
  readonly debian: DebianRelease;
  /** User of the containers, who may use sudo. */
  readonly login: string;
  /** Undefined: of the engine's own architecture. */
  readonly emulation: Emulation | undefined;
};

export type Image = {
  readonly tag: string;
  readonly recipe: string;
  /** Undefined: the engine's own. */
  readonly architecture: Architecture | undefined;
  readonly created: boolean;
};

export type ImageState = { readonly tag: string; readonly recipe: string; readonly exists: boolean };

/** The image's name and recipe, and whether an image of that recipe exists. Changes nothing. */
export async function imageState(
  docker: Docker | undefined,
  { lab, debian, login, emulation }: ImageSpec,
): Promise<ImageState> {
  const dockerfile = await readFile(DOCKERFILE);
  const kind = emulation === undefined ? '' : ` ${emulation.architecture} on ${emulation.native}`;
  const recipe = createHash('sha256').update(dockerfile).update(`${debian} ${login}${kind}`).digest('hex').slice(0, 16);
  const tag = `mqtt-lab/${lab}-${login}:${debian}${emulation === undefined ? '' : `-${emulation.architecture}`}`;
  const labels = docker === undefined ? undefined : await imageLabels(docker, tag);
  return { tag, recipe, exists: labels?.[RECIPE] === recipe };
}

/** Labels of an image; undefined where none has that name. A list of images would take the engine ten times as long. */
async function imageLabels(docker: Docker, tag: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    return (await docker.getImage(tag).inspect()).Config.Labels ?? {};
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The image of the lab's containers (pi/Dockerfile): reused when it has the same recipe, otherwise built. */
export async function ensureImage(docker: Docker, spec: ImageSpec, options: BuildOptions): Promise<Image> {
  const { debian, emulation } = spec;
  const architecture = emulation?.architecture;
  const { tag, recipe, exists } = await imageState(docker, spec);
  if (exists) return { tag, recipe, architecture, created: false };
  const base = await ensureBaseImage(docker, { debian, emulation }, options);
  options.reporter.step('build the image');
  await build(docker, spec, { tag, recipe, base }, options);
  return { tag, recipe, architecture, created: true };
}

async function build(
  docker: Docker,
  { lab, login, emulation }: ImageSpec,
  { tag, recipe, base }: { readonly tag: string; readonly recipe: string; readonly base: string },
  { signal, reporter }: BuildOptions,
): Promise<void> {
  const step = `build the image ${tag}`;
  const architecture = emulation?.architecture;
  const context = await tar([{ name: 'Dockerfile', mode: 0o644, content: await readFile(DOCKERFILE) }]);
  try {
    const stream = await docker.buildImage(Readable.from([context]), {
      t: tag,
      buildargs: { BASE: base, LOGIN: login, NFTABLES: nftables(emulation) },
      labels: { [LAB]: lab, [RECIPE]: recipe, ...architectureLabel(architecture) },
      ...platformOf(architecture),
      // the engine's bridge may have a larger MTU than the uplink, and apt would hang
      networkmode: 'host',
      // a failed step leaves no container
      forcerm: true,
      abortSignal: signal,
    });
    await follow(docker, stream, { silenceMs: BUILD_SILENCE_MS, onLine: reporter.detail });
  } catch (error) {
    if (signal.aborted) throw new LabError({ subject: 'docker', step, happened: 'interrupted' }, 'interrupted');
    const happened = errorMessage(error);
    const usual = 'check that the engine has disk space (docker system df) and reaches the Debian archive';
    const advice = engineAdvice(happened, usual);
    throw new LabError({ subject: 'docker', step, happened, advice }, 'could-not-run');
  }
  if (!(await hasImage(docker, tag))) {
    throw new LabError({ subject: 'docker', step, happened: 'the engine built no image' }, 'could-not-run');
  }
}

/** Removes the lab's images, and the base images that no other lab's image needs. Gives the number of removed tags. */
export async function removeImages(docker: Docker, lab: string): Promise<number> {
  const own = await docker.listImages({ filters: labFilter(lab) });
  const bases = await docker.listImages({ filters: { reference: ['mqtt-lab/base'] } });
  const unlabelled = await docker.listImages({ filters: { label: [BASE] } });
  // an interrupted build leaves an image with the label and without a name
  const tags = new Set(own.flatMap(({ RepoTags, Id }) => namesOf(RepoTags) ?? [Id]));
  let removed = 0;
  for (const tag of tags) removed += await removeImage(docker, tag);
  for (const tag of new Set([...bases, ...unlabelled].flatMap(({ RepoTags }) => RepoTags ?? []))) {
    if (tag.startsWith('mqtt-lab/base:') && !(await isUsed(docker))) removed += await removeImage(docker, tag);
  }
  return removed;
}

/** An image's names; undefined when it has none, which the engine lists as `<none>:<none>`. */
export function namesOf(tags: readonly string[] | null | undefined): readonly string[] | undefined {
  const names = (tags ?? []).filter((tag) => !tag.startsWith('<none>'));
  return names.length === 0 ? undefined : names;
}

/** Whether any lab's image is left: they all share the base images. */
async function isUsed(docker: Docker): Promise<boolean> {
  return (await docker.listImages({ filters: { label: [RECIPE] } })).length > 0;
}

/** 1 when removed, 0 when it was gone or another image needs it. */
async function removeImage(docker: Docker, tag: string): Promise<0 | 1> {
  try {
    await docker.getImage(tag).remove();
    return 1;
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 409) return 0;
    throw error;
  }
}

/** The HTTP status of the engine's refusal. */
function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
}
