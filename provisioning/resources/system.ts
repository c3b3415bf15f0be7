import { LabError } from '../../base/errors.ts';
import { parseOsRelease } from '../../base/os-release.ts';
import { shellScript } from '../../base/shell-script.ts';
import { isSupported, SUPPORTED_SYSTEMS } from '../supported-systems.ts';
import type { Fact, Query } from './facts.ts';
import type { Resource } from './resource.ts';

/** What a host says about its operating system. The text is the host's: to be shown, never to be run. */
export type System = {
  /** `ID` and `VERSION_ID` of os-release(5); empty where it has none. */
  readonly id: string;
  readonly version: string;
  /** `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
  /** dpkg's own architecture, such as `arm64`; undefined: no dpkg. */
  readonly architecture: string | undefined;
  /** The kernel's name of the processor, such as `aarch64`. */
  readonly machine: string;
  readonly hasApt: boolean;
};

/** Needs no root. */
export const SYSTEM: Query = { id: 'system', script: shellScript('system-facts.sh', import.meta.url) };

const SHOWN = 80;

/** Undefined on a host that does not exist yet. */
export function systemOf({ code, output }: Fact): System | undefined {
  if (code !== 0) return undefined;
  const [dpkg = '', machine = '', apt = '', ...file] = output.split('\n');
  const value = (line: string) => line.slice(line.indexOf(' ') + 1).trim();
  const fields = parseOsRelease(file.join('\n'));
  const id = fields.get('ID') ?? '';
  const version = fields.get('VERSION_ID') ?? '';
  return {
    id,
    version,
    name: cut(fields.get('PRETTY_NAME') || `${fields.get('NAME') || id || 'an unknown system'} ${version}`.trim()),
    architecture: value(dpkg) || undefined,
    machine: value(machine),
    hasApt: value(apt) !== '',
  };
}

/**
 * A supported system; a check that changes nothing. Throws a LabError with exit code 2 that names the host's system and the
 * supported ones, and for a broker a container in place of the host.
 */
export function system(host: string, container: 'may be a container' | 'no other way'): Resource {
  return {
    id: 'system',
    queries: [SYSTEM],
    plan(facts) {
      const found = systemOf(facts.get(SYSTEM));
      const why = found === undefined ? undefined : objection(found);
      if (why === undefined) {
        const detail = found === undefined ? {} : { detail: `${found.name}, ${found.architecture}` };
        return { items: [{ action: 'unchanged', kind: 'check', name: 'system', ...detail }] };
      }
      const other = container === 'may be a container' ? ', or `broker: { host: container }` in the lab file' : '';
      const advice = `use a host with ${SUPPORTED_SYSTEMS}${other}`;
      throw new LabError({ subject: host, step: 'check its system', happened: why, advice }, 'could-not-run');
    },
  };
}

function objection(found: System): string | undefined {
  const lacks = [...(found.architecture === undefined ? ['dpkg'] : []), ...(found.hasApt ? [] : ['apt-get'])];
  const without = lacks.length === 0 ? '' : ` without ${lacks.join(' and ')}`;
  if (isSupported(found) && lacks.length === 0) return undefined;
  const release = `ID ${cut(found.id) || 'none'}, VERSION_ID ${cut(found.version) || 'none'}`;
  return `it runs ${found.name}${without} (${release} in os-release), which the lab can't manage`;
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
