import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type Docker from 'dockerode';
import { z } from 'zod';
import { removeImages } from '../../provisioning/docker/image.ts';
import { removeMachines } from '../../provisioning/docker/machine.ts';
import { removeNetworks } from '../../provisioning/docker/network.ts';
import { readLab } from '../../provisioning/lab-file/read.ts';
import { machineMaker } from '../../provisioning/machine-maker.ts';
import { runLab } from './lab-command.ts';
import { plainSshAndApt } from './plain.ts';
import type { Round } from './table.ts';

const Verified = z.object({ checks: z.array(z.object({ waitMs: z.number().default(0) })) });

const LAB_FILE = (name: string) => `name: ${name}
broker: { host: container, port: 1884 }
pis: { pi: { host: container } }
users: { sam: { password: sam }, alice: { password: alice } }
topics:
  status: { publish: [sam], subscribe: [alice], lastWill: [sam, alice] }
  test: { publish: [sam], subscribe: [alice] }
`;

/** Measures `rounds` times, with labs of its own in containers that are all gone at the end, however it ends. */
export async function measureRounds(
  docker: Docker,
  rounds: number,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<Round[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-bench-'));
  const names = { lab: `bench-${process.pid}`, plain: `bench-${process.pid}-plain` };
  const files = { lab: path.join(directory, 'lab.yaml'), plain: path.join(directory, 'plain.yaml') };
  const clear = async () => {
    for (const name of Object.values(names)) {
      await removeMachines(docker, name);
      await removeNetworks(docker, name);
    }
  };
  try {
    await writeFile(files.lab, LAB_FILE(names.lab));
    await writeFile(files.plain, LAB_FILE(names.plain));
    const plainLab = readLab(files.plain);
    tell('images');
    for (const file of Object.values(files)) {
      const make = machineMaker(docker, readLab(file), () => undefined, signal);
      for (const machine of ['broker', 'pi']) await make(machine);
    }
    const measured: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      tell(`round ${round} of ${rounds}`);
      await clear();
      const plain = async () => await plainSshAndApt(docker, plainLab, signal);
      const cold = async () => await runLab(files.lab, ['up', '--no-verify'], signal);
      // whoever comes second may find the archive's answers in a cache, so they take turns
      const plainFirst = round % 2 === 1 ? await plain() : undefined;
      const up = await cold();
      const plainSeconds = plainFirst ?? (await plain());
      measured.push({ plain: plainSeconds, cold: up.seconds, ...(await warm(files.lab, signal)) });
    }
    return measured;
  } finally {
    await clear();
    for (const name of Object.values(names)) await removeImages(docker, name);
    await rm(directory, { recursive: true, force: true });
  }
}

async function warm(file: string, signal: AbortSignal): Promise<Omit<Round, 'plain' | 'cold'>> {
  const converged = await runLab(file, ['up', '--no-verify'], signal);
  const again = await runLab(file, ['up'], signal);
  const quick = await runLab(file, ['verify', '--quick', '--json'], signal);
  const verified = await runLab(file, ['verify', '--json'], signal);
  const waits = waitsOf(verified.stdout);
  return {
    second: converged.seconds,
    secondVerified: again.seconds,
    quick: quick.seconds,
    quickLongestWait: Math.max(0, ...waitsOf(quick.stdout)),
    verify: verified.seconds,
    longestWait: Math.max(0, ...waits),
    waits: waits.reduce((sum, wait) => sum + wait, 0),
    upPeak: converged.peak,
    quickPeak: quick.peak,
    verifyPeak: verified.peak,
  };
}

/** Seconds that MQTT made each check wait. */
function waitsOf(json: string): number[] {
  return Verified.parse(JSON.parse(json)).checks.map(({ waitMs }) => waitMs / 1000);
}
