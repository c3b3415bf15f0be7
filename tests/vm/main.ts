import process from 'node:process';
import { InputError, LabError } from '../../base/errors.ts';
import { readArguments } from '../suite/arguments.ts';
import { testFiles } from '../suite/build-tests.ts';
import { runTests } from '../suite/run-tests.ts';
import { chooseAccelerator } from './support/accelerator.ts';
import { ensureImage, type Image } from './support/image.ts';
import { openNetwork } from './support/network.ts';
import { giveSetup, imageName, type System } from './support/setup.ts';
import { requireTools } from './support/tools.ts';

const INTERRUPTED = 130;

/**
 * `npm run test:vm [-- FILE… --match TITLE]`: labs on machines of their own, with kernel, systemd and sshd, which QEMU emulates.
 * Needs Debian or Ubuntu with root or sudo. Removes everything but the cached images, also after Ctrl-C.
 */
export async function main(args: string[]): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  try {
    const { sources, options } = readArguments(args);
    const files = sources.length > 0 ? sources : vmTests();
    const systems = systemsOf(files);
    await requireTools(systems.map(({ architecture }) => architecture));
    const images = new Map<string, Image>();
    for (const system of systems) images.set(imageName(system), await ensureImage(system, interrupt.signal));
    const accelerator = await chooseAccelerator([...images.values()]);
    console.log(`QEMU runs the machines with ${accelerator}`);
    await using network = await openNetwork();
    giveSetup({ accelerator, subnet: network.subnet, taps: network.taps, images: Object.fromEntries(images) });
    if (interrupt.signal.aborted) return INTERRUPTED;
    // two machines at a time, and a machine without KVM takes minutes to boot
    return await runTests({ sources: files, options: ['--concurrency', '1', '--timeout', '2h', ...options] });
  } catch (error) {
    if (!(error instanceof InputError || error instanceof LabError)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

/** An arm64 machine is always emulated, which takes long, so its test runs only where it is named. */
function vmTests(): string[] {
  return testFiles('tests/vm').filter((file) => /^tests\/vm\/(?!main\b|arm64\b)[^/]+$/.test(file));
}

/** The tests of Debian 13 and those with an arm64 Pi have it in their names. The image of amd64 comes first. */
function systemsOf(files: readonly string[]): System[] {
  const systems = files.flatMap((file): System[] => {
    const debian = file.includes('-13') ? 13 : 12;
    const amd64: System = { debian, architecture: 'amd64' };
    return file.includes('arm64') ? [amd64, { debian, architecture: 'arm64' }] : [amd64];
  });
  return [...new Map(systems.map((system) => [imageName(system), system])).values()];
}
