import type { Environment, HostOfRun } from '../../../records/environment.ts';
import type { Results } from '../../../records/results.ts';
import { clocksText } from '../judge/clock.ts';
import type { SectionProps } from '../parts/section.tsx';
import { Table } from '../parts/table.tsx';
import { Name, Text } from '../parts/text.tsx';

/** The machines, versions and clocks that the numbers belong to, and the commands that measure all of it again. */
export function EnvironmentTable({ results }: SectionProps) {
  const { environment } = results;
  if (environment === undefined) {
    return <p>This run ended before it wrote down what it ran on; the records of its checks tell their clients.</p>;
  }
  const { hosts = [] } = environment;
  const clocks = clocksText(hosts);
  return (
    <>
      <Facts environment={environment} />
      {hosts.length === 0 ? (
        <Clients clients={environment.clients} />
      ) : (
        <Hosts environment={environment} hosts={hosts} />
      )}
      {clocks === undefined ? null : (
        <p>
          <Text>{clocks}</Text>
        </p>
      )}
      <h3>How to measure it again</h3>
      <p>
        Each figure and each check names its own command. <code>./lab up</code> builds the lab,{' '}
        <Name>{commandOf(results)}</Name> does what this run did, <code>./lab report</code> measures all that this page
        can show. Another lab file than <code>lab.yaml</code> is named by <code>--lab FILE</code>.
      </p>
    </>
  );
}

function Facts({ environment }: { readonly environment: Environment }) {
  const { startedAt, durationMs, node, broker, pis } = environment;
  const rows = [
    ['began', new Date(startedAt).toISOString()],
    ['took', `${(durationMs / 1000).toFixed(1)} s`],
    ['broker', `${broker.version} at ${broker.address}:${broker.port}`],
    ['Pis', pis.length === 0 ? 'none' : pis.join(', ')],
    ['Node on this machine', node],
  ] as const;
  return (
    <Table
      caption="The run"
      columns={['what', 'value']}
      rows={rows.map(([what, value]) => [what, <Text>{value}</Text>])}
    />
  );
}

function Hosts({ environment, hosts }: { readonly environment: Environment; readonly hosts: readonly HostOfRun[] }) {
  return (
    <Table
      caption="The machines"
      columns={['host', 'place', 'system', 'architecture', 'kernel', 'clients']}
      rows={hosts.map(({ name, place, system, architecture, kernel }) => [
        <Text>{name}</Text>,
        ...[place, system, architecture, kernel, environment.clients[name]].map((value) => (
          <Text>{value ?? 'not asked'}</Text>
        )),
      ])}
    />
  );
}

function Clients({ clients }: { readonly clients: Environment['clients'] }) {
  const rows = Object.entries(clients).map(([host, software]) => [<Text>{host}</Text>, <Text>{software}</Text>]);
  return rows.length === 0 ? null : <Table caption="Client software" columns={['host', 'clients']} rows={rows} />;
}

/** The command line of such a run. */
function commandOf({ environment }: Results): string {
  const { scope = 'default', full = false, only } = environment ?? {};
  const words = [full ? './lab report' : './lab verify', ...(scope === 'default' ? [] : [`--${scope}`])];
  return [...words, ...(only === undefined ? [] : [`--only '${only}'`])].join(' ');
}
