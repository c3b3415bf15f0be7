import process from 'node:process';
import { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import { printable } from '../base/paint.ts';
import { upstreamVersion } from '../deployment/broker-version.ts';
import { labName } from '../lab-file/forms.ts';
import { parseSshUrl } from '../lab-file/ssh-url.ts';
import { hostFiles } from '../mosquitto/import/host-files.ts';
import { type ImportTarget, importBroker } from '../mosquitto/import/import-broker.ts';
import { noteText } from '../mosquitto/import/note.ts';
import { WEBSOCKETS } from '../mosquitto/websockets.ts';
import type { Host } from '../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../provisioning/hosts/open.ts';
import { hostNameOf } from '../provisioning/hosts/ssh-destination.ts';
import { ensureSudo } from '../provisioning/hosts/sudo.ts';
import { gatherFacts } from '../provisioning/resources/facts.ts';
import { installedVersions, packagesQuery } from '../provisioning/resources/packages.ts';
import type { LabCommand } from './command.ts';

/** `./lab import`: a lab file for an existing broker. */
export function importCommand(): LabCommand {
  const command = new Command('import')
    .description(
      'Read the configuration of the Mosquitto on this machine, or on a host over SSH, and print a lab file for it. Changes nothing. Names what a lab file cannot say on standard error, and in a comment.',
    )
    .argument('[host]', 'ssh://[user@]host[:port] (default: this machine)')
    .option('--external', 'print a lab file whose broker the lab verifies and never changes');
  return {
    command,
    async run({ signal }) {
      const { external = false, acceptNewHostKeys = false } = command.opts<Options>();
      const [host] = command.args;
      const place = addressOf(host, acceptNewHostKeys);
      if (place.kind === 'local') await ensureSudo('to read the configuration of Mosquitto');
      await using reached = await openHost('broker', place, signal);
      const clients = place.kind === 'local' ? '127.0.0.1' : await hostNameOf('broker', place);
      const { software, hasWebSockets } = await mosquittoOn(reached, signal);
      const target: ImportTarget = {
        name: nameFor(clients),
        place: external
          ? { external: clients, software, from: place.kind === 'ssh' ? place : undefined }
          : { host: host ?? 'local' },
        isHere: place.kind === 'local',
        hasWebSockets,
      };
      const { text, notes } = await importBroker(hostFiles(reached, signal), target);
      process.stdout.write(text);
      for (const note of notes) process.stderr.write(`${printable(noteText(note))}\n`);
      return 0;
    },
  };
}

type Options = { external?: true; acceptNewHostKeys?: true };

function addressOf(host: string | undefined, acceptsNewHostKeys: boolean): HostAddress {
  if (host === undefined) return { kind: 'local' };
  const target = parseSshUrl(host);
  // without the text, which may carry a password
  if ('wrong' in target) throw new InputError([`the host ${target.wrong}; ssh://[user@]host[:port] is allowed`]);
  const newHostKey = acceptsNewHostKeys ? 'accept' : undefined;
  return { kind: 'ssh', ...target, identity: undefined, hostKey: undefined, newHostKey };
}

/** A name for the lab: the first label of the host's. */
function nameFor(address: string): string {
  const label = address.split('.')[0]?.toLowerCase();
  return labName.safeParse(label).data ?? 'imported';
}

/** What the checks need to know of a broker to expect its known deviations, and what its listeners can be. */
async function mosquittoOn(host: Host, signal: AbortSignal) {
  const query = packagesQuery(['mosquitto']);
  const facts = await gatherFacts(host, [query, WEBSOCKETS], signal, { root: false });
  const version = upstreamVersion(installedVersions(facts.get(query)).get('mosquitto') ?? '');
  return {
    software: version === undefined ? undefined : `mosquitto ${version}`,
    hasWebSockets: !facts.get(WEBSOCKETS).output.startsWith('no'),
  };
}
