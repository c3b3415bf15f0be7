import type { LivePi } from '../../deployment/live-lab.ts';
import { describeBroker, noBrokerQuery } from '../../pi/pi-host.ts';
import { gatherFacts } from '../../provisioning/resources/facts.ts';
import type { Check, NamedCheck } from '../harness/check.ts';
import { onEachPi } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';

const BOUND_MS = 60_000;

export function piState(testLab: TestLab): Check[] {
  const clients = { id: 'install.clients-only', claim: 'the Pi has MQTT clients and no broker' } as const;
  return onEachPi(testLab, clients, (pi, named) => clientsOnly(testLab, pi, named));
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
