import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import type { Architecture, DebianRelease } from '../../../lab-file/lab.ts';
import { type CommandOptions, type LabCommand, type Outcome, startLab } from '../../lab/support/command.ts';
import { labFolder, labName } from '../../lab/support/run.ts';
import { PASSWORD } from './image.ts';
import { type Machine, makeMachine } from './machine.ts';

/** Two machines, and a folder with a lab file for them. */
export type Machines = {
  readonly name: string;
  readonly folder: string;
  readonly broker: Machine;
  readonly pi: Machine;
  /** Writes lab.yaml again: the usual content, with more for the broker, and top-level keys that replace the usual ones. */
  write(broker?: Readonly<Record<string, unknown>>, others?: Readonly<Record<string, unknown>>): Promise<void>;
  start(args: readonly string[], options?: Partial<CommandOptions>): LabCommand;
  run(args: readonly string[], options?: Partial<CommandOptions>): Promise<Outcome>;
};

/** An emulated processor is ten times slower than this machine's, and this machine may be busy. */
const COMMAND_MS = 2_400_000;
const TEST_MS = 7_200_000;
const MACHINES = [
  { name: 'broker', number: 0 },
  { name: 'pi', number: 1 },
] as const;

/** Gives a test file two machines of its own, booted before its first test. They end after its last, whatever came of it. */
export function ownMachines(
  word: string,
  debian: DebianRelease,
  piArchitecture: Architecture = 'amd64',
): () => Machines {
  let machines: Machines | undefined;
  test.before(`the machines ${word} boot`, async (t) => {
    t.timeout(TEST_MS);
    const folder = await labFolder(word);
    const [broker, pi] = await Promise.all(
      MACHINES.map((one) =>
        makeMachine({ ...one, debian, architecture: one.name === 'pi' ? piArchitecture : 'amd64', folder }),
      ),
    );
    if (broker === undefined || pi === undefined) throw new Error('two machines are needed');
    machines = withLab(word, folder, broker, pi);
    await machines.write();
    await Promise.all([broker, pi].map(bootFresh));
  });
  test.beforeEach((t) => t.timeout(TEST_MS));
  test.after.always(`the machines ${word} end`, async (t) => {
    t.timeout(TEST_MS);
    if (machines === undefined) return;
    await Promise.all([machines.broker, machines.pi].map((machine) => machine.cut()));
    await rm(machines.folder, { recursive: true, force: true });
  });
  return () => {
    if (machines === undefined) throw new Error(`the machines ${word} did not boot`);
    return machines;
  };
}

async function bootFresh(machine: Machine): Promise<void> {
  await machine.boot();
  // package lists of today: fetching them again takes an emulated machine minutes
  await machine.shell('systemctl is-system-running --wait || true; find /var/lib/apt/lists -type f -exec touch {} +');
}

function withLab(word: string, folder: string, broker: Machine, pi: Machine): Machines {
  const name = labName(word);
  const place = (user: string, { address, hostKey, key }: Machine) => ({
    host: `ssh://${user}@${address}`,
    identity: key,
    hostKey,
  });
  const start = (args: readonly string[], options: Partial<CommandOptions> = {}) =>
    startLab(args, { cwd: folder, boundMs: COMMAND_MS, ...options });
  return {
    ...{ name, folder, broker, pi, start },
    run: (args, options) => start(args, options).ended,
    async write(more = {}, others = {}) {
      await mkdir(path.join(folder, 'secrets'), { recursive: true });
      await writeFile(path.join(folder, 'secrets', 'pi'), PASSWORD);
      await chmod(path.join(folder, 'secrets', 'pi'), 0o600);
      const content = {
        name,
        broker: { ...place('root', broker), port: 1883, ...more },
        pis: { pi: { ...place('pi', pi), password: { file: 'secrets/pi' } } },
        users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
        topics: {
          status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
          test: { publish: ['sam'], subscribe: ['alice'] },
        },
        ...others,
      };
      await writeFile(path.join(folder, 'lab.yaml'), stringify(content));
    },
  };
}
