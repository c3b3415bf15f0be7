import { lookAtImage } from '../../provisioning/docker/image.ts';
import { RECIPE } from '../../provisioning/docker/labels.ts';
import { containerName } from '../../provisioning/docker/machine-look.ts';
import { readLab } from '../../provisioning/lab-file/read.ts';
import { machineRecipe } from '../../provisioning/machine-maker.ts';
import type { Bench } from './bench.ts';
import { runLab } from './lab-command.ts';
import { containerLab, piNames } from './lab-text.ts';
import { type Part, partOf } from './part.ts';

export type ManyPis = { readonly one: number; readonly ten: number; readonly again: number };

/**
 * One Pi and ten from no container, and an `up` that changes nothing on twenty. The packages are in the image already, so that the first two have
 * everything in them but apt: network, containers, logins, facts, the broker's files and its start.
 */
export function manyPis(): Part {
  return partOf(
    'pis',
    async (bench): Promise<ManyPis> => {
      const name = bench.name('pis');
      const up = async (pis: number) => {
        const file = await bench.labFile(name, containerLab(name, piNames(pis)));
        return (await runLab(file, ['up', '--no-verify'], bench.signal)).seconds;
      };
      await bench.clear(name);
      await up(1);
      await keepPackages(bench, name);
      await bench.clear(name);
      const one = await up(1);
      await bench.clear(name);
      const ten = await up(10);
      await up(20);
      return { one, ten, again: await up(20) };
    },
    (of) => [
      { name: 'cold without apt: up of 1 Pi', median: of(({ one }) => one), unit: 's' },
      { name: 'cold without apt: up of 10 Pis', median: of(({ ten }) => ten), unit: 's' },
      { name: '  10 Pis / 1 Pi', median: of(({ one, ten }) => ten / one), unit: '×', target: { most: 2 } },
      { name: 'no change: up of 20 Pis', median: of(({ again }) => again), unit: 's', target: { most: 3 } },
    ],
  );
}

/** Gives the lab's images the packages that its machines have now, under the same names and recipes. */
async function keepPackages({ docker, directory }: Bench, name: string): Promise<void> {
  const lab = readLab(`${directory}/${name}.yaml`);
  for (const machine of ['broker', ...lab.pis.map((pi) => pi.name)]) {
    const { tag, recipe } = await lookAtImage(docker, machineRecipe(lab, machine, undefined).image);
    const [repo, version] = tag.split(':');
    const container = docker.getContainer(containerName(name, machine));
    await container.commit({ repo, tag: version, changes: `LABEL ${RECIPE}=${recipe}` });
  }
}
