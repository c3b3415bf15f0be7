import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ignoreFailure } from '../../../base/errors.ts';
import { quote } from '../../../base/quote.ts';
import { until, within } from '../../lab/support/until.ts';
import { type Hardware, qemuProgram, qemuWords } from './qemu.ts';
import { givenSetup, imageName, type System } from './setup.ts';

/** Without KVM, on a busy machine. */
const BOOT_MS = 1_500_000;
const SHELL_MS = 600_000;

/** An emulated machine: boots a fresh Debian, and keeps its disk until it is disposed of. */
export type Machine = AsyncDisposable & {
  readonly name: string;
  readonly address: string;
  readonly hostKey: string;
  /** File with the private key for root and pi. */
  readonly key: string;
  /** Switches it on and waits for its sshd. */
  boot(): Promise<void>;
  /** Cuts the power. */
  cut(): Promise<void>;
  /** Runs a script as root; throws when it fails. Gives its output. */
  shell(script: string, boundMs?: number): Promise<string>;
};

export type MachineOptions = System & {
  readonly name: string;
  /** From 0. */
  readonly number: number;
  /** Folder for its disk. */
  readonly folder: string;
};

export async function makeMachine({ name, number, folder, ...system }: MachineOptions): Promise<Machine> {
  const { images, subnet, taps, accelerator } = givenSetup();
  const [image, tap] = [images[imageName(system)], taps[number]];
  if (image === undefined || tap === undefined) throw new Error(`there is no image or network for the machine ${name}`);
  const file = (suffix: string) => path.join(folder, `${name}.${suffix}`);
  const address = `${subnet}.${number + 2}`;
  const hardware: Hardware = {
    ...{ name, number, accelerator, tap, address, image: image.folder, architecture: system.architecture },
    ...{ disk: file('disk'), console: file('console') },
  };
  const disk = ['create', '-q', '-f', 'qcow2', '-b', path.join(image.folder, 'disk'), '-F', 'raw', hardware.disk];
  await execute('qemu-img', disk, 60_000);
  const key = path.join(image.folder, 'key');
  const knownHosts = file('known-hosts');
  writeFileSync(knownHosts, `${address} ${image.hostKey}\n`);
  const ssh = [
    ...['-F', '/dev/null', '-i', key, '-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'IdentitiesOnly=yes'],
    ...['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=20', `root@${address}`],
  ];
  let power: { readonly off: () => Promise<void>; readonly isOff: () => boolean } | undefined;
  const shell: Machine['shell'] = async (script, boundMs = SHELL_MS) =>
    await execute('ssh', [...ssh, `sh -c ${quote(script)}`], boundMs);
  const machine: Machine = {
    ...{ name, address, key, hostKey: image.hostKey, shell },
    async boot() {
      const started = switchOn(hardware, file('qemu-output'));
      power = started;
      await until(`sshd of the machine ${name}`, BOOT_MS, async () => {
        if (started.isOff()) throw new Error(`QEMU ended: ${await readFile(file('qemu-output'), 'utf8')}`);
        return (await ignoreFailure(shell('echo up', 30_000))) === 'up\n' ? true : undefined;
      });
    },
    async cut() {
      await power?.off();
    },
    [Symbol.asyncDispose]: () => machine.cut(),
  };
  return machine;
}

/**
 * In a session of its own, since Linux shares the processors among sessions (sched(7), autogroup). `runTests` ends it where its
 * test does not.
 */
function switchOn(hardware: Hardware, output: string) {
  const log = openSync(output, 'w');
  const child = spawn(qemuProgram(hardware), qemuWords(hardware), { stdio: ['ignore', log, log], detached: true });
  let isOff = false;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      isOff = true;
      resolve();
    };
    child.on('close', end).on('error', end);
  });
  const off = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { off, isOff: () => isOff };
}

/** A program's standard output; throws with standard error when it fails or the bound passes. */
async function execute(program: string, words: readonly string[], boundMs: number): Promise<string> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const outcome = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const what = `${program} ${words.at(-1)?.trim().slice(0, 60)}`;
  try {
    const [stdout, stderr, [code]] = await within(what, boundMs, outcome);
    if (code !== 0) throw new Error(`${what}: exit code ${code}\n${stdout}${stderr}`);
    return stdout;
  } finally {
    child.kill('SIGKILL');
  }
}
