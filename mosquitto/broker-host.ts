import { LabError } from '../provisioning/errors.ts';
import type { Host } from '../provisioning/hosts/host.ts';
import type { Lab } from '../provisioning/lab-file/lab.ts';
import { gather } from '../provisioning/resources/facts.ts';
import { packages } from '../provisioning/resources/packages.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { configuration } from './configuration.ts';
import { canBeTakenOver, describeOccupant, findOccupants, occupantQuery, takeOverScript } from './occupant.ts';
import { service } from './service.ts';

export const BROKER_PACKAGES = ['mosquitto', 'mosquitto-clients'];

/** All that a broker host needs, in order. With `takeOver`, somebody else's Mosquitto is put aside; without, it is an error. */
export function brokerHost(lab: Lab, takeOver: boolean): readonly Resource[] {
  return [room(lab, takeOver), packages(BROKER_PACKAGES), configuration(lab), service()];
}

/** Throws a LabError with exit code 2 when somebody else's broker is in the way and may not be taken over. Changes nothing. */
export async function checkRoom(lab: Lab, takeOver: boolean, host: Host, signal: AbortSignal): Promise<void> {
  const { queries, plan } = room(lab, takeOver);
  plan(await gather(host, queries, signal));
}

/** Room for the lab's broker: nobody else's configuration, nothing else on the port. Looked at before anything is changed. */
function room(lab: Lab, takeOver: boolean): Resource {
  const query = occupantQuery(lab.broker.port);
  return {
    id: 'room',
    queries: [query],
    plan(facts) {
      const occupants = findOccupants(lab, facts.get(query));
      if (occupants.length === 0) return undefined;
      const happened = occupants.map(describeOccupant).join('\n    ');
      if (takeOver && occupants.every(canBeTakenOver)) {
        return {
          summary: `take over: ${occupants.map(describeOccupant).join('; ')}`,
          script: takeOverScript(occupants),
          timeoutMs: 300_000,
        };
      }
      const blocked = takeOver
        ? 'stop that program yourself (--take-over stops a Mosquitto only), or choose'
        : 'choose';
      const advice = `${blocked} another \`broker.port\`, \`broker: { host: container }\`, or ${takeOver ? 'another host' : '`--take-over`, which keeps what it finds in /var/lib/mqtt-lab'}`;
      throw new LabError({ subject: 'broker', step: 'make room for the broker', happened, advice }, 2);
    },
  };
}
