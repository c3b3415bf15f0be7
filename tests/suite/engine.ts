import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { hostReporter, type ReportProgress } from '../../base/progress.ts';
import { LOGINS } from '../../deployment/containers.ts';
import type { DebianRelease } from '../../lab-file/lab.ts';
import { follow } from '../../provisioning/docker/events.ts';
import { ensureImage, namesOf } from '../../provisioning/docker/image.ts';
import { LAB, labFilter, RECIPE } from '../../provisioning/docker/labels.ts';
import { requireEngine } from '../../provisioning/docker/require-engine.ts';
import { tar } from '../../provisioning/docker/tar.ts';
import { run as runOn } from '../../provisioning/hosts/host.ts';
import { localHost } from '../../provisioning/hosts/local.ts';
import { PROCESS_FUNCTIONS } from '../../provisioning/resources/processes.ts';
import { makeInstalledImages } from './installed-images.ts';
import { isOfKilledRun, sweepLabs } from './leftovers.ts';
import { keeperLab, noteImage, RELEASES, type Run, type TestImage } from './run.ts';

/** The engine that a run's labs use. */
export type TestEngine = {
  readonly docker: Docker;
  /** Base images that were there before the run, by tag. */
  readonly had: ReadonlySet<string>;
  /** Engines that run because of the run. */
  readonly startedPids: readonly number[];
};

const EMPTY_IMAGE_MS = 30_000;
const STOP_MS = 30_000;
const yes = async () => true;

/**
 * Installs and starts an engine where none answers, and removes what killed runs left. Makes an image that keeps the base images:
 * a lab's `down` removes a base that no other image with a recipe needs, and making one takes most of a minute.
 */
export async function openEngine(run: Run, report: ReportProgress): Promise<TestEngine> {
  const before = await engines();
  const docker = await requireEngine(report, yes);
  const startedPids = existsSync('/run/systemd/system') ? [] : (await engines()).filter((pid) => !before.includes(pid));
  for (const thing of await sweepLabs(docker, isOfKilledRun)) {
    report({ host: 'docker', kind: 'note', text: `removed what a killed run left: ${thing}` });
  }
  const had = new Set(await baseTags(docker));
  const changes = [`LABEL ${LAB}=${keeperLab(run)} ${RECIPE}=keeper`];
  const [repo, tag] = [`mqtt-lab/${keeperLab(run)}`, 'latest'];
  const archive = await tar([{ name: 'keeper', mode: 0o644, content: '' }]);
  await follow(docker, await docker.importImage(Readable.from([archive]), { repo, tag, changes }), {
    silenceMs: EMPTY_IMAGE_MS,
  });
  return { docker, had, startedPids };
}

/**
 * Makes the images one after the other and notes for the waiting tests when each is ready, or why it failed: Debian with each login,
 * so that a lab's own come from the engine's cache, and the same with packages, for labs whose subject is not apt.
 */
export async function makeImages(
  { docker }: TestEngine,
  run: Run,
  debians: readonly DebianRelease[],
  reportAll: ReportProgress,
  signal: AbortSignal,
): Promise<void> {
  // no test waits for a build that continues after the tests
  const report: ReportProgress = (news) => {
    if (!signal.aborted) reportAll(news);
  };
  const make = async (image: TestImage, debian: DebianRelease, work: () => Promise<unknown>) => {
    const text = image === 'base' ? `base image of Debian ${debian}` : `images of Debian ${debian} with packages`;
    report({ host: 'docker', kind: 'step', text });
    try {
      await work();
      await noteImage(run, image, debian);
      report({ host: 'docker', kind: 'ok', text });
    } catch (error) {
      if (signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      report({ host: 'docker', kind: 'failed', text: why });
      await noteImage(run, image, debian, why);
    }
  };
  const lab = keeperLab(run);
  const ensure = async (debian: DebianRelease) => {
    for (const login of Object.values(LOGINS)) {
      await ensureImage(
        docker,
        { lab, debian, login, emulation: undefined },
        { signal, reporter: hostReporter(report, 'docker') },
      );
    }
  };
  for (const debian of RELEASES.filter((release) => !debians.includes(release))) {
    await noteImage(run, 'base', debian, 'this run makes none');
  }
  for (const debian of debians) {
    await make('base', debian, () => ensure(debian));
    if (debian === 12) await make('installed', debian, () => makeInstalledImages(docker, lab, debian));
  }
}

/** Removes everything that the run made in Docker, and stops an engine that the run started. Returns what the tests left behind. */
export async function closeEngine({ docker, had, startedPids }: TestEngine, run: Run): Promise<string[]> {
  const left = await sweepLabs(docker, (lab) => lab !== keeperLab(run) && lab.startsWith(`${run.name}-`));
  await removeKept(docker, run);
  const inUse = await docker.listImages({ filters: { label: [RECIPE] } });
  if (inUse.length === 0) {
    for (const tag of (await baseTags(docker)).filter((found) => !had.has(found))) {
      await docker
        .getImage(tag)
        .remove()
        .catch(() => undefined);
    }
  }
  for (const pid of startedPids) await stopEngine(pid);
  return left;
}

/** Base images of every release and architecture. */
async function baseTags(docker: Docker): Promise<string[]> {
  const images = await docker.listImages({ filters: { reference: ['mqtt-lab/base'] } });
  return images.flatMap(({ RepoTags }) => namesOf(RepoTags) ?? []).filter((tag) => tag.startsWith('mqtt-lab/base:'));
}

/** Removes the images with the keeper's label. Unlike a lab's `down`, it leaves base images, which may be older than the run. */
async function removeKept(docker: Docker, run: Run): Promise<void> {
  const images = await docker.listImages({ filters: labFilter(keeperLab(run)) });
  const names = images.flatMap(({ RepoTags, Id }) => namesOf(RepoTags) ?? [Id]);
  for (const name of names) await docker.getImage(name).remove();
}

async function engines(): Promise<number[]> {
  const script = `${PROCESS_FUNCTIONS}\npids_of dockerd`;
  const { stdout } = await runOn(localHost('this machine'), { step: 'look for dockerd', script, timeoutMs: STOP_MS });
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** dockerd ends its containerd and itself on TERM. It stays as a zombie where process 1 reaps no child. */
async function stopEngine(pid: number): Promise<void> {
  const script = `kill ${pid} || exit 0
while [ -d /proc/${pid} ] && ! grep -q '^State:.*Z' /proc/${pid}/status; do sleep 0.1; done`;
  const step = 'stop the Docker engine that this run started';
  await runOn(localHost('this machine'), { step, script, root: true, timeoutMs: STOP_MS });
}
