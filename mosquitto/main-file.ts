import { LOCK_WAIT_S } from '../provisioning/resources/apt.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { MAIN_CONF } from './paths.ts';

const TIMEOUT_MS = (LOCK_WAIT_S + 300) * 1000;

/** The shell function `reinstall`: apt restores the files of Debian's package, a missing main file too (dpkg(1), --force-confmiss). */
export const REINSTALL = `reinstall() {
  apt-get --quiet --yes -o DPkg::Lock::Timeout=${LOCK_WAIT_S} -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confmiss --reinstall install mosquitto "$@"
}`;

const QUERY: Query = {
  id: 'main-file',
  script: `case $(dpkg-query -W -f='\${db:Status-Status}' mosquitto 2>/dev/null) in installed) [ -e ${MAIN_CONF} ] || echo missing ;; esac
true`,
};

/** Debian's main file where it is missing, as after an interrupted `--take-over`: without it no broker starts. */
export function mainFile(): Resource {
  return {
    id: 'main file',
    queries: [QUERY],
    plan(facts) {
      if (facts.get(QUERY).output.trim() !== 'missing') return { items: [] };
      const change = {
        summary: `restore Debian's missing ${MAIN_CONF}`,
        // apt reports success also where it cannot fetch the package
        script: `${REINSTALL}\nreinstall || exit\nif [ ! -e ${MAIN_CONF} ]; then echo "apt has not restored ${MAIN_CONF}" >&2; exit 1; fi`,
        timeoutMs: TIMEOUT_MS,
        advice: `check that this host reaches its package sources, or write a ${MAIN_CONF} yourself`,
      };
      return { items: [{ action: 'create', kind: 'file', name: MAIN_CONF, detail: "Debian's own" }], change };
    },
  };
}
