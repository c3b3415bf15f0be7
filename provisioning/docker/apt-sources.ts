import { $ } from 'zx/core';

/**
 * Where this machine gets its Debian from, as lines of sources.list(5) for another suite: a mirror or proxy of the site serves the other
 * release too. Empty on a machine that is not Debian, or that has never fetched its lists; mmdebstrap then takes Debian's own servers.
 */
export async function aptSources(suite: string): Promise<string[]> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout } = await $({
    quiet: true,
    nothrow: true,
  })`apt-get indextargets --format ${format} ${'Created-By: Packages'} ${'Origin: Debian'}`;
  return sourceLines(stdout, suite);
}

/** `URI bookworm-updates main` → `deb URI trixie-updates main`; other repositories' packages and suites such as backports are left out. */
export function sourceLines(targets: string, suite: string): string[] {
  const lines = targets.split('\n').flatMap((line) => {
    const [uri, release, component] = line.split(' ');
    const kind = /^[a-z]+(|-updates|-security)$/.exec(release ?? '')?.[1];
    return uri === undefined || kind === undefined || component !== 'main' ? [] : [`deb ${uri} ${suite}${kind} main`];
  });
  return [...new Set(lines)];
}
