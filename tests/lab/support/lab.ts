import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { LOGINS } from '../../../deployment/containers.ts';
import type { DebianRelease } from '../../../lab-file/lab.ts';
import { containerName } from '../../../provisioning/docker/container-state.ts';
import { giveInstalledImages } from '../../suite/installed-images.ts';
import { keeperLab } from '../../suite/run.ts';
import { type CommandOptions, type LabCommand, type Outcome, startLab } from './command.ts';
import { type Container, container, engine } from './container.ts';
import { labFolder, labName, testImage, testRun } from './run.ts';

/** Top-level keys of a test's lab file that replace the usual ones. */
export type LabOptions = Readonly<Record<string, unknown>>;

/** A lab in containers with a folder of its own. Disposing of it takes it down and removes the folder. */
export type TestLab = AsyncDisposable & {
  readonly name: string;
  readonly folder: string;
  /** Writes lab.yaml again: the usual content with these top-level keys. */
  write(options: LabOptions): Promise<void>;
  run(args: readonly string[], options?: Partial<CommandOptions>): Promise<Outcome>;
  start(args: readonly string[], options?: Partial<CommandOptions>): LabCommand;
  /** The container of `broker` or a Pi, whatever its state. */
  container(machine: string): Container;
};

/** The broker's port inside its container; on this machine a random one is published. */
export const PORT = 18_830;

/** The usual content of a lab file. */
export const USUAL = {
  broker: { host: 'container', port: PORT },
  pis: { pi: { host: 'container' } },
  users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
  topics: {
    status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
    test: { publish: ['sam'], subscribe: ['alice'] },
  },
};

export type TestHosts = {
  readonly debian?: DebianRelease;
  /** The containers have the packages already: for tests whose subject is not their installation. */
  readonly installed?: boolean;
};

/** A lab file in a new folder; nothing is up yet. Waits until the image of its hosts is ready. */
export async function openLab(
  word: string,
  options: LabOptions = {},
  { debian = 12, installed = false }: TestHosts = {},
): Promise<TestLab> {
  const isMade = await testImage(installed ? 'installed' : 'base', debian);
  const name = labName(word);
  if (installed && isMade) {
    const hasPis = Object.keys(options.pis ?? USUAL.pis).length > 0;
    const logins = hasPis ? Object.values(LOGINS) : [LOGINS.broker];
    await giveInstalledImages(await engine(), keeperLab({ name: testRun() }), { name, debian, logins });
  }
  const folder = await labFolder(word);
  const start = (args: readonly string[], options: Partial<CommandOptions> = {}) =>
    startLab(args, { cwd: folder, ...options });
  const lab: TestLab = {
    name,
    folder,
    async write(other) {
      const content = { name, ...USUAL, containers: { debian }, ...other };
      await writeFile(path.join(folder, 'lab.yaml'), stringify(content));
    },
    run: (args, options) => start(args, options).ended,
    start,
    container: (machine) => container(containerName(name, machine)),
    async [Symbol.asyncDispose]() {
      // whatever the test has made of the lab file
      await lab.write({});
      const { code, all } = await lab.run(['down']);
      if (code !== 0) throw new Error(`down of ${name} failed:\n${all}`);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await lab.write(options);
  return lab;
}
