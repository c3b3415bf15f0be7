import { shellScript } from '../../base/shell-script.ts';
import type { Facts, Query } from '../../provisioning/resources/facts.ts';
import { SOURCE } from './files.ts';

/** The package that the checkpoint installs. */
export const CLIENTS = 'mosquitto-clients';

/** The shell function `candidate`: the version of the clients that a source file offers. */
export const CANDIDATE = shellScript('candidate.sh', import.meta.url, { clients: CLIENTS });

/** The newest version of the clients in the repository, by the package lists on the host. */
export const OFFERED: Query = {
  id: 'repository-offers',
  script: `${CANDIDATE}\n[ -f ${SOURCE} ] && candidate ${SOURCE}`,
};

/** The version in the answer to `OFFERED` (deb-version(7)). */
export function offeredVersion(facts: Facts): string | undefined {
  return /^[0-9][A-Za-z0-9.+~:-]*$/m.exec(facts.get(OFFERED).output)?.[0];
}
