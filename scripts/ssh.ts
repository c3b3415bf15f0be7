import process from 'node:process';
import { Command } from 'commander';
import { LabError } from '../base/errors.ts';
import { brokerHostAddress, hostAddress } from '../deployment/locate.ts';
import { sshHost } from '../provisioning/hosts/ssh.ts';
import { interactiveShell, remoteCommand } from '../provisioning/hosts/terminal.ts';
import type { LabCommand } from './command.ts';

/** `./lab ssh`: a shell or a command on a host of the lab. */
export function ssh(): LabCommand {
  const command = new Command('ssh')
    .description(
      'Open a shell on a Pi or on the broker host, or run a command there. Exits with the exit code of the command.',
    )
    .argument('[pi]', 'name of a Pi, or `broker` (default: the first Pi)')
    .argument('[command...]', 'what to run (default: a shell)')
    .passThroughOptions();
  return {
    command,
    logsIn: false,
    async run(context) {
      const lab = context.lab();
      const words = command.args;
      const names = ['broker', ...lab.pis.map(({ name }) => name)];
      const [first] = words;
      const isNamed = first !== undefined && names.includes(first);
      const name = isNamed ? first : lab.pis[0]?.name;
      const rest = isNamed ? words.slice(1) : words;
      if (name === undefined) throw cannot('the lab has no Pi', 'declare one under `pis` in the lab file');
      const machines = await context.machines();
      const pi = lab.pis.find((candidate) => candidate.name === name);
      const address = pi === undefined ? brokerHostAddress(lab, machines) : hostAddress(name, pi.host, machines);
      if (address?.kind !== 'ssh')
        throw cannot(`the lab does not reach ${name} over SSH`, 'name a container or a host over SSH');
      await using host = await sshHost(name, address, context.signal);
      return rest.length === 0 && process.stdin.isTTY
        ? await interactiveShell(host.client)
        : await remoteCommand(host.client, rest.join(' '), context.signal);
    },
  };
}

function cannot(happened: string, advice: string): LabError {
  return new LabError({ subject: 'ssh', step: 'choose a host', happened, advice }, 'could-not-run');
}
