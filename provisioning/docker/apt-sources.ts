import { $ } from 'zx/core';

/**
 * This machine's Debian sources as lines of sources.list(5) for another suite: a site's mirror or proxy serves that release
 * too. Empty where this machine is not Debian or has never fetched its lists; mmdebstrap then uses Debian's own servers.
 */
export async function aptSources(suite: string): Promise<string[]> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout } = await $({
    quiet: true,
    nothrow: true,
  })`apt-get indextargets --format ${format} ${'Created-By: Packages'} ${'Origin: Debian'}`;
  return sourceLines(stdout, suite);
}

/** `URI bookworm-updates main` → `deb URI trixie-updates main`; it leaves out other repositories, and suites such as backports. */
export function sourceLines(targets: string, suite: string): string[] {
  const lines = targets.split('\n').flatMap((line) => {
    const [uri, release, component] = line.split(' ');
    const kind = /^[a-z]+(|-updates|-security)$/.exec(release ?? '')?.[1];
    return uri === undefined || kind === undefined || component !== 'main' ? [] : [`deb ${uri} ${suite}${kind} main`];
  });
  return [...new Set(lines)];
}
