import { LabError } from '../../../base/errors.ts';
import type { Architecture } from '../../../lab-file/lab.ts';
import { handlerOf, handlerTexts } from '../../../provisioning/docker/emulation.ts';
import { run } from '../../../provisioning/hosts/host.ts';
import { localHost } from '../../../provisioning/hosts/local.ts';
import { ensureSudo } from '../../../provisioning/hosts/sudo.ts';

/** [program; Debian package with it] */
export const TOOLS: readonly (readonly [program: string, name: string])[] = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['qemu-system-aarch64', 'qemu-system-arm'],
  ['qemu-img', 'qemu-utils'],
  ['mmdebstrap', 'mmdebstrap'],
  ['mke2fs', 'e2fsprogs'],
  ['ip', 'iproute2'],
  ['ssh', 'openssh-client'],
];

const LOOK_MS = 30_000;

const NO_HANDLER = new LabError(
  {
    subject: 'this machine',
    step: 'make an image of arm64',
    happened: 'binfmt_misc has no handler for programs of arm64, which the packages run while they are installed',
    advice: 'sudo apt-get install qemu-user-static binfmt-support',
  },
  'could-not-run',
);

/** Refuses to begin where a program is missing: the tests install nothing on this machine for themselves. */
export async function requireTools(architectures: readonly Architecture[]): Promise<void> {
  const isArm = architectures.includes('arm64');
  const programs = TOOLS.map(([program]) => program).filter((program) => isArm || program !== 'qemu-system-aarch64');
  const script = `PATH=$PATH:/usr/sbin:/sbin
for program in ${programs.join(' ')}; do command -v "$program" >/dev/null || echo "$program"; done`;
  const step = 'look for the programs that machines need';
  const { stdout } = await run(localHost('this machine'), { step, script, timeoutMs: LOOK_MS });
  const refusal = refusalFor(stdout.split('\n').filter(Boolean));
  if (refusal !== undefined) throw refusal;
  if (isArm && handlerOf('arm64', (await handlerTexts()) ?? []) === undefined) throw NO_HANDLER;
  await ensureSudo();
}

/** Undefined where no program is missing. */
export function refusalFor(missing: readonly string[]): LabError | undefined {
  if (missing.length === 0) return undefined;
  const packages = TOOLS.flatMap(([program, name]) => (missing.includes(program) ? [name] : []));
  return new LabError(
    {
      subject: 'this machine',
      step: 'start machines with QEMU',
      happened: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      advice: `sudo apt-get install --no-install-recommends ${packages.join(' ')}`,
    },
    'could-not-run',
  );
}
