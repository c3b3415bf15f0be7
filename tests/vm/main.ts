import process from 'node:process';
import { InputError, LabError } from '../../base/errors.ts';
import type { DebianRelease } from '../../lab-file/lab.ts';
import { readArguments } from '../suite/arguments.ts';
import { testFiles } from '../suite/build-tests.ts';
import { runTests } from '../suite/run-tests.ts';
import { chooseAccelerator } from './support/accelerator.ts';
import { ensureImage, type Image } from './support/image.ts';
import { openNetwork } from './support/network.ts';
import { giveSetup } from './support/setup.ts';
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
    await requireTools();
    const images = new Map<DebianRelease, Image>();
    for (const debian of releasesOf(files)) images.set(debian, await ensureImage(debian, interrupt.signal));
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

function vmTests(): string[] {
  return testFiles('tests/vm').filter((file) => /^tests\/vm\/(?!main\b)[^/]+$/.test(file));
}

/** The tests of Debian 13 have it in their names. */
function releasesOf(files: readonly string[]): DebianRelease[] {
  const are13 = files.map((file) => file.includes('-13'));
  return [...(are13.includes(false) ? [12 as const] : []), ...(are13.includes(true) ? [13 as const] : [])];
}
