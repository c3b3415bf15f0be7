import type { Lab } from '../lab-file/lab.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import { packages } from '../provisioning/resources/packages.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { system } from '../provisioning/resources/system.ts';
import { renderAcl } from './acl.ts';
import { backup, dataBackup } from './backup.ts';
import { renderConf } from './conf.ts';
import { configuration } from './configuration.ts';
import { mainFile } from './main-file.ts';
import { preflight } from './preflight.ts';
import { service } from './service.ts';
import { takeOver } from './take-over.ts';
import type { BrokerCertificates } from './tls-files.ts';
import { webSockets } from './websockets.ts';

export const BROKER_PACKAGES = ['mosquitto', 'mosquitto-clients'];

/** The resources of a broker host, in order. A foreign Mosquitto is an error unless `takeOver` is set. */
export function brokerHost(
  lab: Lab,
  options: { readonly takeOver: boolean; readonly certificates?: BrokerCertificates | undefined },
): readonly Resource[] {
  const isContainer = lab.broker.host.kind === 'container';
  const changes = [
    ...(options.takeOver ? [takeOver(lab)] : []),
    packages(BROKER_PACKAGES, isContainer ? undefined : backupFolder(lab.name)),
    mainFile(),
    configuration(lab, options.certificates),
    ...(isContainer ? [] : [dataBackup(lab)]),
    service({ conf: renderConf(lab), acl: renderAcl(lab) }),
  ];
  const checked = [
    system('broker', isContainer ? 'no other way' : 'may be a container'),
    preflight(lab, options),
    ...webSockets(lab),
  ];
  // `down` removes a container whole, so it needs no backup
  return isContainer ? [...checked, ...changes] : [...checked, backup(lab, changes), ...changes];
}
