import type { AptRepository } from '../../lab-file/lab.ts';
import { aptInstallScript, explainApt } from '../../provisioning/resources/apt.ts';
import { fileQuery } from '../../provisioning/resources/files.ts';
import { INSTALL_TIMEOUT_MS, installedVersions, packagesQuery } from '../../provisioning/resources/packages.ts';
import type { Plan, Resource } from '../../provisioning/resources/resource.ts';
import { SOURCE } from './files.ts';
import { CLIENTS, OFFERED, offeredVersion } from './offered.ts';

const INSTALLED = packagesQuery([CLIENTS]);

/**
 * The clients at the repository's newest version, also where another source has a newer one. Where they are not
 * installed yet, the resource `packages` takes them from the repository.
 * @param record the folder that records what apt installs
 */
export function clientVersion({ url }: AptRepository, record: string | undefined): Resource {
  return {
    id: 'version of the clients',
    queries: [fileQuery(SOURCE), OFFERED, INSTALLED],
    plan(facts, earlier): Plan {
      const installed = installedVersions(facts.get(INSTALLED)).get(CLIENTS);
      if (installed === undefined) return { items: [] };
      const item = { kind: 'package', name: CLIENTS };
      const offered = offeredVersion(facts);
      if (offered === undefined || earlier.some(({ name }) => name === SOURCE)) {
        const detail = `${installed}; the repository's version is not known yet`;
        return { items: [{ ...item, action: 'unknown', detail }] };
      }
      if (installed === offered) return { items: [{ ...item, action: 'unchanged', detail: `${installed} of ${url}` }] };
      const detail = `${installed} → ${offered} of ${url}`;
      const change = {
        summary: `install ${CLIENTS} ${offered} in place of ${installed}`,
        script: aptInstallScript({ packages: [CLIENTS], versions: { [CLIENTS]: offered }, record }),
        timeoutMs: INSTALL_TIMEOUT_MS,
        explain: explainApt,
        advice: 'read what apt says: the repository may need packages that this release does not have',
      };
      return { items: [{ ...item, action: 'change', detail }], change };
    },
  };
}
