import { LabError } from '../provisioning/errors.ts';
import type { Lab } from '../provisioning/lab-file/lab.ts';
import { packages } from '../provisioning/resources/packages.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { system } from '../provisioning/resources/system.ts';
import { configuration } from './configuration.ts';
import {
  canBeTakenOver,
  describeOccupant,
  findOccupants,
  occupantItem,
  occupantQuery,
  takeOverScript,
} from './occupant.ts';
import { service } from './service.ts';

export const BROKER_PACKAGES = ['mosquitto', 'mosquitto-clients'];

/** All that a broker host needs, in order. With `takeOver`, somebody else's Mosquitto is put aside; without, it is an error. */
export function brokerHost(lab: Lab, takeOver: boolean): readonly Resource[] {
  const container = lab.broker.host.kind === 'container' ? 'no other way' : 'may be a container';
  return [system('broker', container), room(lab, takeOver), packages(BROKER_PACKAGES), configuration(lab), service()];
}

/** Room for the lab's broker: nobody else's configuration, nothing else on the port. Looked at before anything is changed. */
function room(lab: Lab, takeOver: boolean): Resource {
  const query = occupantQuery(lab.broker.port);
  return {
    id: 'room',
    queries: [query],
    plan(facts) {
      const occupants = findOccupants(lab, facts.get(query));
      if (occupants.length === 0) return { items: [] };
      const happened = occupants.map(describeOccupant).join('\n    ');
      if (takeOver && occupants.every(canBeTakenOver)) {
        const change = {
          summary: `take over: ${occupants.map(describeOccupant).join('; ')}`,
          script: takeOverScript(occupants),
          timeoutMs: 300_000,
        };
        return { items: occupants.map(occupantItem), change };
      }
      const blocked = takeOver
        ? 'stop that program yourself (--take-over stops a Mosquitto only), or choose'
        : 'choose';
      const advice = `${blocked} another \`broker.port\`, \`broker: { host: container }\`, or ${takeOver ? 'another host' : '`--take-over`, which keeps what it finds in /var/lib/mqtt-lab'}`;
      throw new LabError({ subject: 'broker', step: 'make room for the broker', happened, advice }, 2);
    },
  };
}
