import { LEAST } from './broker-options.ts';
import type { Draft } from './draft.ts';
import { listenerMistakes } from './listener-rules.ts';
import type { Mistake, Path } from './mistake.ts';
import { mistake, subject } from './mistake.ts';
import { placeholderMistakes } from './placeholder-rules.ts';
import { repositoryMistakes } from './repository.ts';
import { groupMistakes, nameMistakes } from './right-rules.ts';
import { parseSshUrl } from './ssh-url.ts';
import type { Interfaces } from './subnet.ts';
import { whatIsWrongWithSubnet } from './subnet.ts';

/** What the rules need to know of this machine. */
export type Machine = {
  readonly interfaces: Interfaces;
  /** Whether a path of the lab file leads to a readable file. */
  readonly isFile: (path: string) => boolean;
  /** What is wrong with the signing key at a path of the lab file; undefined where it is right. */
  readonly keyFault: (path: string) => string | undefined;
};

type Host = {
  readonly path: Path;
  readonly host?: string | undefined;
  readonly identity?: string | undefined;
  readonly hostKey?: string | undefined;
  readonly password?: object | undefined;
  readonly wifi?: object | undefined;
};

/** The contradictions between parts of a lab file, or with this machine. Skips parts that the schema refused. */
export function checkRules(draft: Draft, machine: Machine): readonly Mistake[] {
  const hosts = hostsOf(draft);
  return [
    ...groupMistakes(draft),
    ...nameMistakes(draft),
    ...placeholderMistakes(draft),
    ...externalBroker(draft),
    ...ownSoftware(draft),
    ...brokerLimits(draft),
    ...listenerMistakes(draft, machine.isFile),
    ...containerBroker(draft),
    ...containerPis(draft),
    ...signingKeys(draft, machine),
    ...hosts.flatMap((host) => sshKeys(host, machine)),
    ...hostsOnce(hosts),
    ...freeSubnet(draft, machine),
  ];
}

function externalBroker({ broker }: Draft): Mistake[] {
  if (broker?.host !== 'external') return [];
  const mistakes: Mistake[] = [];
  if (broker.address === undefined) {
    mistakes.push(mistake(['broker', 'host'], 'is external without an address; broker.address is needed beside it'));
  }
  if (broker.options !== undefined) {
    const text = 'has no effect, since an external broker is never changed; leave it out or choose another broker.host';
    mistakes.push({ ...mistake(['broker', 'options'], text), at: 'key' });
  }
  return mistakes;
}

function ownSoftware({ broker }: Draft): Mistake[] {
  if (broker?.software === undefined || broker.host === 'external') return [];
  const text = 'has no effect, since the lab asks its own broker; it is allowed beside broker.host: external';
  return [{ ...mistake(['broker', 'software'], text), at: 'key' }];
}

function brokerLimits({ broker }: Draft): Mistake[] {
  const options = new Map(Object.entries(broker?.options ?? {}));
  return LEAST.flatMap(([name, least, reason]) => {
    const value = Number(options.get(name) ?? 0);
    if (!(value > 0 && value < least)) return [];
    return [mistake(['broker', 'options', name], `is ${value}; at least ${least} is allowed, because ${reason}`)];
  });
}

/** A container's ports are published on 127.0.0.1, where no other machine reaches them. */
function containerBroker({ broker, pis }: Draft): Mistake[] {
  if (broker?.host !== 'container' || broker.address !== undefined) return [];
  return Object.entries(pis ?? {}).flatMap(([name, pi]) =>
    pi?.host?.startsWith('ssh:') === true
      ? [
          mistake(
            ['pis', name, 'host'],
            'is another machine, which cannot reach a broker in a container; with it, broker.host local or ssh://… is allowed',
          ),
        ]
      : [],
  );
}

function containerPis({ pis }: Draft): Mistake[] {
  return Object.entries(pis ?? {}).flatMap(([name, pi]) => {
    if (pi?.architecture === undefined || pi.host?.startsWith('ssh:') !== true) return [];
    const text = `has no effect on a real Pi; it is allowed beside ${subject(['pis', name, 'host'])}: container`;
    return [{ ...mistake(['pis', name, 'architecture'], text), at: 'key' }];
  });
}

function signingKeys({ pis }: Draft, { keyFault }: Machine): Mistake[] {
  return Object.entries(pis ?? {}).flatMap(([name, pi]) =>
    repositoryMistakes(['pis', name, 'repository', 'key'], pi?.repository ?? {}, keyFault),
  );
}

function hostsOf({ broker, pis }: Draft): Host[] {
  const machines = Object.entries(pis ?? {}).map(([name, pi]): Host => ({ ...pi, path: ['pis', name] }));
  return [{ ...broker, path: ['broker'] }, ...machines];
}

function sshKeys({ path, host, identity, hostKey, password, wifi }: Host, { isFile }: Machine): Mistake[] {
  const mistakes: Mistake[] = [];
  const overSsh = host?.startsWith('ssh:') ?? false;
  for (const [key, value] of Object.entries({ identity, hostKey, password, wifi })) {
    if (value === undefined || overSsh) continue;
    const text = `has no effect without SSH; it is allowed beside ${subject([...path, 'host'])}: ssh://user@host`;
    mistakes.push({ ...mistake([...path, key], text), at: 'key' });
  }
  if (overSsh && identity && !isFile(identity)) {
    const text = `${JSON.stringify(identity)} is not a readable file; a private key file is allowed, relative to the lab file or starting with ~/`;
    mistakes.push(mistake([...path, 'identity'], text));
  }
  return mistakes;
}

function hostsOnce(hosts: readonly Host[]): Mistake[] {
  const seen = new Map<string, Path>();
  return hosts.flatMap(({ path, host }) => {
    const target = parseSshUrl(host ?? '');
    if ('wrong' in target) return [];
    const place = `${target.address.toLowerCase()} port ${target.port ?? 22}`;
    const first = seen.get(place);
    if (first !== undefined) {
      return [mistake([...path, 'host'], `is the same machine as ${subject(first)}; a machine of its own is allowed`)];
    }
    seen.set(place, path);
    return [];
  });
}

function freeSubnet({ containers }: Draft, { interfaces }: Machine): Mistake[] {
  const subnet = containers?.subnet;
  if (subnet === undefined || !subnet.includes('/')) return [];
  const wrong = whatIsWrongWithSubnet(subnet, interfaces);
  return wrong === undefined ? [] : [mistake(['containers', 'subnet'], wrong)];
}
