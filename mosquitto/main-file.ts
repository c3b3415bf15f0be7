import { LOCK_WAIT_S } from '../provisioning/resources/apt.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { MAIN_CONF } from './paths.ts';

const TIMEOUT_MS = (LOCK_WAIT_S + 300) * 1000;

/** apt command that puts the files of Debian's package in place anew, the main file too where it is missing (dpkg(1), --force-confmiss). */
export const REINSTALL = `apt-get --quiet --yes -o DPkg::Lock::Timeout=${LOCK_WAIT_S} -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confmiss --reinstall install mosquitto`;

const QUERY: Query = {
  id: 'main-file',
  script: `case $(dpkg-query -W -f='\${db:Status-Status}' mosquitto 2>/dev/null) in installed) [ -e ${MAIN_CONF} ] || echo missing ;; esac
true`,
};

/** Debian's main file where it is missing, as after a takeover that was killed: without it no broker starts, and one that runs must not be stopped. */
export function mainFile(): Resource {
  return {
    id: 'main file',
    queries: [QUERY],
    plan(facts) {
      if (facts.get(QUERY).output.trim() !== 'missing') return { items: [] };
      const change = {
        summary: `put Debian's ${MAIN_CONF} back, which is missing`,
        // apt ends well also where it can't fetch the package
        script: `${REINSTALL} || exit\nif [ ! -e ${MAIN_CONF} ]; then echo "apt has not put ${MAIN_CONF} back" >&2; exit 1; fi`,
        timeoutMs: TIMEOUT_MS,
        advice: `see that this host reaches its package sources, or put a ${MAIN_CONF} there yourself`,
      };
      return { items: [{ action: 'create', kind: 'file', name: MAIN_CONF, detail: "Debian's own" }], change };
    },
  };
}
