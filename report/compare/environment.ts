import type { KeptEnvironment } from './run.ts';

/** Something about a run that is not as it was. */
export type Difference = { readonly what: string; readonly before: string; readonly after: string };

/** In what two runs were different ones: lab, scope, versions of the broker and of the clients, the machines. What only one of them tells is none. */
export function environmentDifferences(before: KeptEnvironment, after: KeptEnvironment): Difference[] {
  const one = told(before);
  const other = told(after);
  return [...one].flatMap(([what, was]) => {
    const is = other.get(what);
    return is === undefined || was === is ? [] : [{ what, before: was, after: is }];
  });
}

/** By subject, the most important first; a host's software is there only where a check ran on it. */
function told(environment: KeptEnvironment): Map<string, string> {
  const { lab, broker, clients = {}, node, scope, only, full, pis, hosts = [] } = environment;
  const facts: readonly (readonly [what: string, value: string | undefined])[] = [
    ['lab', lab],
    ['broker', broker?.version],
    ...Object.entries(clients).map(([host, software]) => [`clients on ${host}`, software] as const),
    ['Node', node],
    ['scope', scope],
    ['checks', only === undefined ? 'all' : only],
    ['measurements', full === true ? 'full' : 'short'],
    ['Pis', pis === undefined ? undefined : pis.join(', ')],
    ['address of the broker', broker?.address === undefined ? undefined : `${broker.address}:${broker.port ?? '?'}`],
    ...hosts.map(
      ({ name, place, system, architecture, kernel }) =>
        [
          `machine ${name}`,
          [place, system, architecture, kernel].filter((part) => part !== undefined).join(', '),
        ] as const,
    ),
  ];
  return new Map(facts.flatMap(([what, value]) => (value === undefined ? [] : [[what, value] as const])));
}
