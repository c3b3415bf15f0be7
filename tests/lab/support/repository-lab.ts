import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type { Outcome } from './command.ts';
import { USUAL } from './lab.ts';
import { ownLab } from './own-lab.ts';
import { type Kind, type SignedRepository, serveSignedRepository } from './signed-repository.ts';

export const UP = ['up', '--only', 'pi'];
export const NOTHING = 'nothing of a repository';
const FILES = '/etc/apt/sources.list.d/mqtt-lab.sources /etc/apt/preferences.d/mqtt-lab /etc/apt/keyrings/mqtt-lab-*';

/** A mistake in a repository, and the words that `up` has for it. */
export type Refused = readonly [what: string, options: () => object, words: RegExp];

/** Gives a test file a lab with one Pi that is up, and a signed repository that the Pi reaches, with its keys beside the lab file. */
export function repositoryLab(word: string) {
  const theLab = ownLab(word);
  const pi = () => theLab().container('pi');
  let served: SignedRepository | undefined;
  const repository = () => {
    if (served === undefined) throw new Error('the repository is not served yet');
    return served;
  };
  test.after.always(async () => await served?.[Symbol.asyncDispose]());

  test.serial('the Pi has Debian’s clients, and nothing of a repository', async (t) => {
    const up = await theLab().run(UP);
    t.is(up.code, 0, up.all);
    t.is(await ownFiles(), NOTHING);
    const [network] = Object.values((await pi().inspect()).NetworkSettings.Networks);
    served = await serveSignedRepository(pi(), network?.Gateway ?? '');
    const { keys } = served;
    for (const key of ['sound', 'other', 'expired'] as const) await writeFile(beside(`${key}.asc`), keys[key]);
    await writeFile(beside('sound.gpg'), keys.binary);
    await writeFile(beside('tls.crt'), served.certificate);
  });

  function options(kind: Kind, other: object = {}): object {
    return { url: repository().url(kind), key: 'sound.asc', ...other };
  }

  async function want(repository: object | string): Promise<void> {
    await theLab().write({ ...USUAL, pis: { pi: { host: 'container', repository } } });
  }

  function beside(name: string): string {
    return path.join(theLab().folder, name);
  }

  async function ownFiles(): Promise<string> {
    return await pi().shell(`stat -c '%U %G %a %n' ${FILES} 2>/dev/null || echo '${NOTHING}' | tr -d '\\n'`);
  }

  /** The lists that apt has of the repository, which is served on a port of its own. */
  async function fetchedLists(): Promise<string> {
    return await pi().shell('ls /var/lib/apt/lists | grep "^[^_]*:[0-9]" || true');
  }

  async function version(name: string): Promise<string> {
    return await pi().shell(`dpkg-query -W -f='\${Version}' ${name} 2>/dev/null || true`);
  }

  /** Each is refused, and leaves nothing on a Pi that had nothing. */
  function refuses(refused: readonly Refused[]): void {
    for (const [what, wantedOptions, words] of refused) {
      test.serial(`apt refuses ${what}: up explains it, and leaves nothing of it`, async (t) => {
        await want(wantedOptions());
        const up = await theLab().run(UP);
        t.is(up.code, 1, up.all);
        t.regex(up.all, words);
        t.regex(up.all, /^ {2}try: /m);
        t.is(await ownFiles(), NOTHING);
        t.is(await pi().shell('ls -A /etc/apt | grep staged || true'), '');
        t.is(await fetchedLists(), '');
      });
    }
  }

  return { theLab, pi, repository, refuses, options, want, beside, ownFiles, fetchedLists, version };
}

export function nothingChanged(
  t: { regex(text: string, pattern: RegExp, message?: string): unknown },
  up: Outcome,
): void {
  t.regex(up.stdout, /^hosts: 0 changed/m, up.all);
}
