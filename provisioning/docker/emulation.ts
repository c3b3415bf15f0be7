import { readdir, readFile } from 'node:fs/promises';
import { release } from 'node:os';
import process from 'node:process';
import type Docker from 'dockerode';
import { LabError } from '../../base/errors.ts';
import type { Architecture, Lab } from '../../lab-file/lab.ts';

/** How an engine runs containers of another architecture: by qemu's user emulation, on its own kernel. */
export type Emulation = {
  readonly architecture: Architecture;
  /** The engine's own architecture, by Docker's name. */
  readonly native: string;
  /**
   * Whether programs with the setuid bit, such as sudo, get their rights: only where the handler has the flag C, which
   * Debian's package does not set. Without it, the container's login must be root.
   */
  readonly hasSetuid: boolean;
};

/** A handler of binfmt_misc, from its file (Documentation/admin-guide/binfmt-misc.rst of Linux). */
export type Handler = { readonly interpreter: string; readonly flags: string };

const BINFMT_MISC = '/proc/sys/fs/binfmt_misc';
const ELF_64 = '7f454c4602';
/** Bytes 18 and 19 of an ELF file, e_machine (elf(5)), and qemu's name of the architecture. */
const KINDS: Readonly<Record<Architecture, { readonly machine: string; readonly qemu: string }>> = {
  amd64: { machine: '3e00', qemu: 'x86_64' },
  arm64: { machine: 'b700', qemu: 'aarch64' },
};

/**
 * How the engine runs the lab's Pis of another architecture, by name. Throws a LabError with exit code 2 that says what to
 * install where it can't. Changes nothing. An engine on another kernel, such as Docker Desktop's, can't be checked in advance.
 * @param docker undefined: the engine will be this machine's
 */
export async function findEmulations(
  docker: Docker | undefined,
  { pis }: Lab,
): Promise<ReadonlyMap<string, Emulation>> {
  const wanted = pis.flatMap(({ name, host }) =>
    host.kind === 'container' && host.architecture !== undefined ? [{ name, architecture: host.architecture }] : [],
  );
  if (wanted.length === 0) return new Map();
  const { native, kernel } = await engineOf(docker);
  const foreign = wanted.filter(({ architecture }) => architecture !== native);
  const texts = foreign.length > 0 && kernel === release() ? await handlerTexts() : 'hidden';
  return new Map(
    foreign.map(({ name, architecture }) => {
      if (texts === 'hidden') return [name, { architecture, native, hasSetuid: false }];
      const handler = usableHandler(name, architecture, native, texts);
      return [name, { architecture, native, hasSetuid: handler.flags.includes('C') }];
    }),
  );
}

async function engineOf(docker: Docker | undefined): Promise<{ readonly native: string; readonly kernel: string }> {
  if (docker === undefined) return { native: process.arch === 'x64' ? 'amd64' : process.arch, kernel: release() };
  const { Arch: native, KernelVersion: kernel = '' } = await docker.version();
  return { native, kernel };
}

/** The engine's option for another architecture than its own. */
export function platformOf(architecture: Architecture | undefined): { readonly platform?: string } {
  return architecture === undefined ? {} : { platform: `linux/${architecture}` };
}

/** The enabled handler of an architecture's programs among the texts of binfmt_misc's files. */
export function handlerOf(architecture: Architecture, texts: readonly string[]): Handler | undefined {
  for (const text of texts) {
    const value = (key: string) => new RegExp(`^${key}:? (.*)$`, 'm').exec(text)?.[1] ?? '';
    const magic = value('magic');
    const isMatch = magic.startsWith(ELF_64) && magic.slice(36, 40) === KINDS[architecture].machine;
    if (/^enabled$/m.test(text) && value('offset') === '0' && isMatch) {
      return { interpreter: value('interpreter'), flags: value('flags') };
    }
  }
  return undefined;
}

/** `texts` undefined: binfmt_misc is not mounted. */
export function usableHandler(
  pi: string,
  architecture: Architecture,
  native: string,
  texts: readonly string[] | undefined,
): Handler {
  const handler = texts && handlerOf(architecture, texts);
  if (handler?.flags.includes('F')) return handler;
  const name = `qemu-${KINDS[architecture].qemu}`;
  const why =
    texts === undefined
      ? `binfmt_misc is not mounted on ${BINFMT_MISC}, so there is no handler ${name}`
      : handler === undefined
        ? `binfmt_misc has no handler ${name}`
        : `${handler.interpreter}, which binfmt_misc has for them, is out of reach in a container (no flag F)`;
  const mount = `sudo mount -t binfmt_misc binfmt_misc ${BINFMT_MISC} && sudo update-binfmts --enable ${name}`;
  const advice = [
    'sudo apt-get install qemu-user-static binfmt-support',
    ...(texts === undefined ? [`, and without systemd also: ${mount}`] : []),
    `; or leave \`architecture\` out, and the Pi is ${native}`,
  ].join('');
  const happened = `the Docker engine is ${native} and can't run ${architecture} programs: ${why}`;
  throw new LabError({ subject: pi, step: `emulate ${architecture}`, happened, advice }, 'could-not-run');
}

/** The files of binfmt_misc; undefined where it is not mounted. */
export async function handlerTexts(): Promise<readonly string[] | undefined> {
  try {
    // without it the file system is not mounted here
    if ((await readFile(`${BINFMT_MISC}/status`, 'utf8')).trim() !== 'enabled') return [];
    const names = (await readdir(BINFMT_MISC)).filter((name) => name !== 'status' && name !== 'register');
    return await Promise.all(names.map((name) => readFile(`${BINFMT_MISC}/${name}`, 'utf8').catch(() => '')));
  } catch {
    return undefined;
  }
}
