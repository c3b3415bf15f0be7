import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import type { Environment } from '../../../records/environment.ts';
import type { Results } from '../../../records/results.ts';
import { clocksText } from '../analysis/clock.ts';
import type { SectionProps } from '../parts/section.tsx';
import { Name, Text } from '../parts/text.tsx';

/** The machines, versions and clocks behind the numbers, and the commands that measure them again. */
export function EnvironmentTable({ results }: SectionProps) {
  const { environment } = results;
  if (environment === undefined) {
    return <p>This run ended before it recorded its environment. The records of its checks name their clients.</p>;
  }
  const { hosts } = environment;
  const clocks = clocksText(hosts);
  return (
    <>
      <Facts environment={environment} />
      <Hosts environment={environment} />
      {clocks === undefined ? null : (
        <p>
          <Text>{clocks}</Text>
        </p>
      )}
      <h3>How to measure it again</h3>
      <p>
        Each figure and each check names its own command. <code>{CALLED_AS} up</code> builds the lab,{' '}
        <Name>{commandOf(results)}</Name> repeats this run, and <code>{CALLED_AS} report</code> measures everything that
        this page can show. <code>--lab FILE</code> names another lab file than <code>lab.yaml</code>.
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
      columns={['fact', 'value']}
      rows={rows.map(([what, value]) => [what, <Text>{value}</Text>])}
    />
  );
}

function Hosts({ environment: { hosts, clients } }: { readonly environment: Environment }) {
  return (
    <Table
      caption="The machines"
      columns={['host', 'place', 'system', 'architecture', 'kernel', 'clients']}
      rows={hosts.map(({ name, place, system, architecture, kernel }) => [
        <Text>{name}</Text>,
        ...[place, system, architecture, kernel, clients[name]].map((value) => <Text>{value ?? 'not asked'}</Text>),
      ])}
    />
  );
}

/** The command line of this run. */
function commandOf({ environment }: Results): string {
  const { scope = 'default', full = false, only, listener } = environment ?? {};
  const words = [full ? `${CALLED_AS} report` : `${CALLED_AS} verify`, ...(scope === 'default' ? [] : [`--${scope}`])];
  const chosen = [
    ...(only === undefined ? [] : [`--only '${only}'`]),
    ...(listener === undefined ? [] : [`--listener ${listener}`]),
  ];
  return [...words, ...chosen].join(' ');
}
