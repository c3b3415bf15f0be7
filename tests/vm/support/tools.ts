import { LabError } from '../../../base/errors.ts';
import { run } from '../../../provisioning/hosts/host.ts';
import { localHost } from '../../../provisioning/hosts/local.ts';
import { ensureSudo } from '../../../provisioning/hosts/sudo.ts';

/** [program; Debian package with it] */
export const TOOLS: readonly (readonly [program: string, name: string])[] = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['qemu-img', 'qemu-utils'],
  ['mmdebstrap', 'mmdebstrap'],
  ['mke2fs', 'e2fsprogs'],
  ['ip', 'iproute2'],
  ['ssh', 'openssh-client'],
];

const LOOK_MS = 30_000;

/** Refuses to begin where a program is missing: the tests install nothing on this machine for themselves. */
export async function requireTools(): Promise<void> {
  const script = `PATH=$PATH:/usr/sbin:/sbin
for program in ${TOOLS.map(([program]) => program).join(' ')}; do command -v "$program" >/dev/null || echo "$program"; done`;
  const step = 'look for the programs that machines need';
  const { stdout } = await run(localHost('this machine'), { step, script, timeoutMs: LOOK_MS });
  const refusal = refusalFor(stdout.split('\n').filter(Boolean));
  if (refusal !== undefined) throw refusal;
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
