import type { Environment } from '../../records/environment.ts';

/** A fact about a run that differs between the two. */
export type Difference = { readonly what: string; readonly before: string; readonly after: string };

/** Lab, scope, versions and machines that differ. A fact that only one run has is no difference. */
export function environmentDifferences(before: Environment, after: Environment): Difference[] {
  const others = factsOf(after);
  return [...factsOf(before)].flatMap(([what, was]) => {
    const is = others.get(what);
    return is === undefined || was === is ? [] : [{ what, before: was, after: is }];
  });
}

/** The most important first. */
function factsOf({
  lab,
  broker,
  clients,
  node,
  scope,
  only,
  listener,
  full,
  pis,
  hosts,
}: Environment): Map<string, string> {
  return new Map([
    ['lab', lab],
    ['broker', broker.version],
    ...Object.entries(clients).map(([host, software]) => [`clients on ${host}`, software] as const),
    ['Node', node],
    ['scope', scope],
    ['checks', only ?? 'all'],
    ['listener', listener === undefined ? 'the best one' : `port ${listener}`],
    ['measurements', full ? 'full' : 'short'],
    ['Pis', pis.join(', ')],
    ['address of the broker', `${broker.address}:${broker.port}`],
    ...hosts.map(({ name, place, system, architecture, kernel }) => {
      const parts = [place, system, architecture, kernel].filter((part) => part !== undefined);
      return [`machine ${name}`, parts.join(', ')] as const;
    }),
  ]);
}
