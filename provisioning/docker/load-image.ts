import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { errorMessage, ignoreFailure, LabError } from '../../base/errors.ts';
import type { Architecture } from '../../lab-file/lab.ts';
import { hasEnded } from '../hosts/local-process.ts';
import { BUILD_SILENCE_MS, follow } from './events.ts';

/** A root file system in a file that only this user can read; disposing of it removes the file. */
export type Layer = AsyncDisposable & {
  readonly file: string;
  /** Takes a tar archive to its end. */
  readonly write: (archive: Readable) => Promise<void>;
  /** SHA-256 of what was written, in hexadecimal. */
  readonly digest: () => string;
};

export type LoadedImage = {
  readonly tag: string;
  readonly architecture: Architecture;
  readonly labels: Readonly<Record<string, string>>;
};

/** The id of the process follows. */
const PREFIX = 'mqtt-lab-layer-';

/** An empty layer. Also removes the layers of killed processes. */
export async function openLayer(): Promise<Layer> {
  await removeAbandoned();
  const folder = await mkdtemp(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  const file = path.join(folder, 'layer.tar');
  const hash = createHash('sha256');
  let digest = '';
  return {
    file,
    async write(archive) {
      const both = async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      };
      await pipeline(archive, both, createWriteStream(file, { mode: 0o600 }));
      digest = hash.digest('hex');
    },
    digest: () => digest,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [pid] = name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('-') : [];
    if (pid === undefined || !hasEnded(Number(pid))) continue;
    // it fails for another user's
    await ignoreFailure(rm(path.join(tmpdir(), name), { recursive: true, force: true }));
  }
}

/**
 * Loads an image of one layer into the engine, in the form of `docker save` (image specification 1.2 of moby): an import by
 * engine 20.10 always names its own architecture. Throws a LabError with exit code 2 and the engine's message.
 */
export async function loadImage(
  docker: Docker,
  layer: Pick<Layer, 'file' | 'digest'>,
  { tag, architecture, labels }: LoadedImage,
  signal: AbortSignal,
): Promise<void> {
  const config = JSON.stringify({
    created: new Date().toISOString(),
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Labels: labels },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.digest()}`] },
    history: [{ created_by: 'mmdebstrap' }],
  });
  const name = `${createHash('sha256').update(config).digest('hex')}.json`;
  const archive = pack();
  const outgoing = new PassThrough();
  const sent = pipeline(archive, outgoing, { signal });
  void ignoreFailure(sent);
  archive.entry({ name }, config);
  archive.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: name, RepoTags: [tag], Layers: ['layer.tar'] }]));
  const { size } = await stat(layer.file);
  const entry = archive.entry({ name: 'layer.tar', size });
  const written = pipeline(createReadStream(layer.file), entry, { signal }).then(() => archive.finalize());
  written.catch((error: unknown) => archive.destroy(error instanceof Error ? error : undefined));
  try {
    await follow(docker, await docker.loadImage(outgoing, { abortSignal: signal }), { silenceMs: BUILD_SILENCE_MS });
    await Promise.all([written, sent]);
  } catch (error) {
    const step = `load the image ${tag}`;
    if (signal.aborted) throw new LabError({ subject: 'docker', step, happened: 'interrupted' }, 'interrupted');
    const advice = 'check that the engine has disk space (docker system df)';
    throw new LabError({ subject: 'docker', step, happened: errorMessage(error), advice }, 'could-not-run');
  } finally {
    archive.destroy();
  }
}
