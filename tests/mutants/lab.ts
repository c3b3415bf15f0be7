import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { withVersion } from '../../deployment/broker-version.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { locate, locateContainers } from '../../deployment/locate.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { readLab } from '../../lab-file/read.ts';
import { engine } from '../lab/support/container.ts';
import { type TestLab, USUAL } from '../lab/support/lab.ts';
import { BACK_UP_ORIGINAL } from './machine-scripts.ts';

/** The disposable lab that the mutants change. */
export type MutantLab = {
  readonly testLab: TestLab;
  readonly lab: Lab;
  /** This machine as the Pi sees it. */
  readonly gateway: string;
  /** Locates the lab again: a container has other ports after a restart. */
  live(): Promise<LiveLab>;
};

/** The tests' lab file without a running lab, to list the mutants. */
export function draftLab(): Lab {
  const folder = mkdtempSync(path.join(tmpdir(), 'mutants-'));
  try {
    const file = path.join(folder, 'lab.yaml');
    writeFileSync(file, stringify({ name: 'mutants', ...USUAL }));
    return readLab(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prepares a running lab for mutants: backs up its broker's configuration. */
export async function readyForMutants(testLab: TestLab, signal: AbortSignal): Promise<MutantLab> {
  await testLab.container('broker').shell(BACK_UP_ORIGINAL);
  const lab = readLab(path.join(testLab.folder, 'lab.yaml'));
  const docker = await engine();
  const machines = await locateContainers(lab, docker);
  const { version } = (await withVersion(await locate(lab, machines), signal)).broker;
  const gateway = machines.get('pi')?.gateway;
  if (gateway === undefined) throw new Error(`${lab.name} has no container pi`);
  return {
    testLab,
    lab,
    gateway,
    async live() {
      const live = await locate(lab, await locateContainers(lab, docker));
      return { ...live, broker: { ...live.broker, version } };
    },
  };
}
