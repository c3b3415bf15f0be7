import { quote } from '../../base/quote.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import { hasTls } from '../../lab-file/listeners.ts';
import { clientFiles, clientFolder } from '../../pi/client-files.ts';
import { describeBroker, noBrokerQuery } from '../../pi/pi-host.ts';
import { gatherFacts, type Query } from '../../provisioning/resources/facts.ts';
import type { Check, NamedCheck } from '../harness/check.ts';
import { onEachPi } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { judgeList } from './judge-list.ts';

const BOUND_MS = 60_000;

export function piState(testLab: TestLab): Check[] {
  const clients = { id: 'install.clients-only', claim: 'the Pi has MQTT clients and no broker' } as const;
  return [
    ...onEachPi(testLab, clients, (pi, named) => clientsOnly(testLab, pi, named)),
    ...(hasTls(testLab.lab) && testLab.live.pis.length > 0 ? clientKeys(testLab) : []),
  ];
}

/** The keys of the users' certificates on a Pi. */
function clientKeys(testLab: TestLab): Check[] {
  const paths = testLab.lab.users.flatMap(({ name, certificate }) =>
    certificate === undefined ? [] : [clientFiles(clientFolder(testLab.lab.name), name).key],
  );
  if (paths.length === 0) return [];
  const keys = {
    id: 'install.client-keys',
    claim: "only the login's user may read the keys of client certificates",
  } as const;
  const query: Query = { id: 'client-keys', script: `stat -c '%n %a' ${paths.map(quote).join(' ')}` };
  const expected = paths.map((path) => `${path} 600`);
  return onEachPi(testLab, keys, (pi, named) => ({
    ...named,
    expected,
    boundMs: BOUND_MS,
    needs: [{ host: pi.name, of: 'commands' }],
    async run() {
      const host = await testLab.host(pi.name, pi.host);
      const facts = await gatherFacts(host, [query], testLab.stopped, { root: false });
      return judgeList(
        facts
          .get(query)
          .output.split('\n')
          .filter((line) => line !== ''),
        expected,
      );
    },
  }));
}

function clientsOnly(testLab: TestLab, { name, host: where }: LivePi, named: NamedCheck): Check {
  const query = noBrokerQuery(testLab.lab);
  return {
    ...named,
    expected: [],
    boundMs: BOUND_MS,
    needs: [{ host: name, of: 'commands' }],
    async run() {
      const host = await testLab.host(name, where);
      const facts = await gatherFacts(host, [query], testLab.stopped, { root: false });
      const found = facts.get(query).output.trim();
      if (found === '') return { verdict: 'pass', observed: [] };
      const observed = found.split('\n');
      const { what, advice } = describeBroker(found);
      return { verdict: 'fail', observed, reason: `${what}: ${observed.join(', ')}`, advice };
    },
  };
}
