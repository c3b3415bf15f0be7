import { LabError } from '../../base/errors.ts';
import type { Command, Host, Result } from '../../provisioning/hosts/host.ts';
import type { openHost } from '../../provisioning/hosts/open.ts';

/** A host in memory. A query that `facts` lacks fails, as on a host where its subject does not exist. */
export type ScriptedHost = {
  /** Outputs by query id. */
  facts: Record<string, string>;
  /** Steps of a plan by the beginning of their summary: the facts that they change, or the error that they print. */
  readonly steps?: Readonly<Record<string, Readonly<Record<string, string>> | string>>;
  /** What other commands print, by step. */
  readonly prints?: Readonly<Record<string, string>>;
};

export type ScriptedHosts = {
  readonly open: typeof openHost;
  /** What happened, in order: `hall: install x`, `hall: closed`. */
  readonly log: readonly string[];
};

/** Hosts by address, `local` for this machine. An address without one is out of reach. */
export function scriptedHosts(hosts: Readonly<Record<string, ScriptedHost>>): ScriptedHosts {
  const log: string[] = [];
  return {
    log,
    async open(name, where) {
      const address = where.kind === 'local' ? 'local' : where.address;
      const host = hosts[address];
      if (host === undefined) {
        throw new LabError({ subject: name, step: 'log in', happened: `no route to ${address}` }, 'could-not-run');
      }
      return scripted(name, host, (what) => log.push(`${name}: ${what}`));
    },
  };
}

function scripted(name: string, host: ScriptedHost, note: (what: string) => void): Host {
  const answer = ({ step, script }: Command): Result => {
    const [known, effect] = Object.entries(host.steps ?? {}).find(([begin]) => step.startsWith(begin)) ?? [];
    if (known !== undefined) note(step);
    if (typeof effect === 'string') return { code: 1, stdout: '', stderr: effect };
    host.facts = { ...host.facts, ...effect };
    // a change is quoted in the script that takes the host's lock
    const text = script.replaceAll(`'\\''`, "'");
    const facts = [...text.matchAll(/^echo '(fact-\w+) (.*)'$/gm)].map(([, mark = '', id = '']) => {
      return `${mark} ${id}\n${host.facts[id] ?? ''}\n${mark} ${id in host.facts ? 0 : 1}\n`;
    });
    return { code: 0, stdout: `${host.prints?.[step] ?? ''}${facts.join('')}`, stderr: '' };
  };
  return {
    name,
    start: (command) => ({
      result: Promise.resolve(command).then(answer),
      group: Promise.resolve(1),
      kill: async () => {},
    }),
    async [Symbol.asyncDispose]() {
      note('closed');
    },
  };
}
