import { LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { BACKUPS, backupFolder } from '../provisioning/resources/backup-folder.ts';
import { packages } from '../provisioning/resources/packages.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { system } from '../provisioning/resources/system.ts';
import { renderAcl } from './acl.ts';
import { backup, dataBackup } from './backup.ts';
import { renderConf } from './conf.ts';
import { configuration } from './configuration.ts';
import { mainFile } from './main-file.ts';
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
  if (lab.broker.host.kind === 'container') {
    const made = [
      packages(BROKER_PACKAGES),
      mainFile(),
      configuration(lab),
      service({ conf: renderConf(lab), acl: renderAcl(lab) }),
    ];
    return [system('broker', 'no other way'), room(lab, takeOver), ...takeOvers(lab, takeOver), ...made];
  }
  // what it was before is kept on the host, since it will be given back
  const changes = [
    ...takeOvers(lab, takeOver),
    packages(BROKER_PACKAGES, backupFolder(lab.name)),
    mainFile(),
    configuration(lab),
    dataBackup(lab),
    service({ conf: renderConf(lab), acl: renderAcl(lab) }),
  ];
  return [system('broker', 'may be a container'), room(lab, takeOver), backup(lab, changes), ...changes];
}

/** Room for the lab's broker: nobody else's configuration, nothing else on the port. Looked at before anything is changed. */
function room(lab: Lab, takeOver: boolean): Resource {
  const query = occupantQuery(lab.broker.port);
  return {
    id: 'room',
    queries: [query],
    plan(facts) {
      const occupants = findOccupants(lab, facts.get(query));
      if (occupants.length === 0 || (takeOver && occupants.every(canBeTakenOver))) return { items: [] };
      const happened = occupants.map(describeOccupant).join('\n    ');
      const blocked = takeOver
        ? 'stop that program yourself (--take-over stops a Mosquitto only), or choose'
        : 'choose';
      const advice = `${blocked} another \`broker.port\`, \`broker: { host: container }\`, or ${takeOver ? 'another host' : `\`--take-over\`, which keeps what it finds in ${BACKUPS}`}`;
      throw new LabError({ subject: 'broker', step: 'make room for the broker', happened, advice }, 'could-not-run');
    },
  };
}

/** Puts aside whom `room` let pass. */
function takeOvers(lab: Lab, isWanted: boolean): readonly Resource[] {
  const query = occupantQuery(lab.broker.port);
  const resource: Resource = {
    id: 'take over',
    queries: [query],
    plan(facts) {
      const occupants = findOccupants(lab, facts.get(query));
      if (occupants.length === 0) return { items: [] };
      const change = {
        summary: `take over: ${occupants.map(describeOccupant).join('; ')}`,
        script: takeOverScript(lab.name, occupants),
        timeoutMs: 300_000,
      };
      return { items: occupants.map((occupant) => occupantItem(lab.name, occupant)), change };
    },
  };
  return isWanted ? [resource] : [];
}
