import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { LOGINS } from '../../deployment/containers.ts';
import type { DebianRelease } from '../../lab-file/lab.ts';
import { BROKER_PACKAGES } from '../../mosquitto/broker-host.ts';
import { PI_PACKAGES } from '../../pi/pi-host.ts';
import { follow } from '../../provisioning/docker/events.ts';
import { imageState } from '../../provisioning/docker/image.ts';
import { LAB } from '../../provisioning/docker/labels.ts';
import { tar } from '../../provisioning/docker/tar.ts';

const BUILD_SILENCE_MS = 180_000;
const PACKAGES = { [LOGINS.broker]: BROKER_PACKAGES, [LOGINS.pi]: PI_PACKAGES };

/** Makes images that have the packages of a lab's hosts already, on top of the keeper's own. */
export async function makeInstalledImages(docker: Docker, keeper: string, debian: DebianRelease): Promise<void> {
  await Promise.all(
    Object.entries(PACKAGES).map(async ([login, packages]) => {
      const { tag } = await imageState(docker, { lab: keeper, debian, login, emulation: undefined });
      // the package's own start script would start a broker
      const install = `printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 0755 /usr/sbin/policy-rc.d \\
  && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${packages.join(' ')} \\
  && rm /usr/sbin/policy-rc.d`;
      await build(docker, `FROM ${tag}\nRUN ${install}\n`, { t: installed(tag), labels: { [LAB]: keeper } });
    }),
  );
}

/** Gives a lab these images as its own: of the name and recipe that `up` looks for, and removed by its `down`. */
export async function giveInstalledImages(
  docker: Docker,
  keeper: string,
  {
    name,
    debian,
    logins,
  }: { readonly name: string; readonly debian: DebianRelease; readonly logins: readonly string[] },
): Promise<void> {
  await Promise.all(
    logins.map(async (login) => {
      const kept = await imageState(docker, { lab: keeper, debian, login, emulation: undefined });
      const own = await imageState(docker, { lab: name, debian, login, emulation: undefined });
      await build(docker, `FROM ${installed(kept.tag)}\n`, { t: own.tag, labels: { [LAB]: name } });
    }),
  );
}

function installed(tag: string): string {
  return tag.replace(':', '-installed:');
}

async function build(docker: Docker, dockerfile: string, options: Docker.ImageBuildOptions): Promise<void> {
  const context = await tar([{ name: 'Dockerfile', mode: 0o644, content: dockerfile }]);
  const stream = await docker.buildImage(Readable.from([context]), { ...options, networkmode: 'host', forcerm: true });
  await follow(docker, stream, { silenceMs: BUILD_SILENCE_MS });
}
