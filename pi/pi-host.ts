import { LabError } from '../base/errors.ts';
import type { Lab, Pi } from '../lab-file/lab.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import { packages } from '../provisioning/resources/packages.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { system } from '../provisioning/resources/system.ts';
import { rebootOnce } from './reboot-once.ts';
import { repository } from './repository.ts';

/** Assigned to MQTT (IANA); a broker of Debian's listens there unless it is told otherwise. */
const MQTT_PORT = 1883;
export const PI_PACKAGES = ['mosquitto-clients', 'python3-paho-mqtt'];

/** All that a Pi needs: a system that has packages for it, MQTT clients, and nothing of the broker, before and after. */
export function piHost(lab: Lab, pi: Pi): readonly Resource[] {
  const clientsOnly = noBroker(lab, pi);
  // a container goes away whole
  const sharing = pi.host.kind === 'container' ? undefined : lab.name;
  const record = sharing === undefined ? undefined : backupFolder(sharing);
  return [
    system(pi.name, 'no other way'),
    clientsOnly,
    ...repository(pi.name, pi.repository, sharing),
    packages(PI_PACKAGES, record),
    clientsOnly,
    ...rebootOnce(lab, pi),
  ];
}

/** What there is of a broker on a Pi, a line each. */
export function noBrokerQuery({ broker }: Pick<Lab, 'broker'>): Query {
  const ports = [...new Set([broker.port, MQTT_PORT])].join(' ');
  return {
    id: 'no-broker',
    script: `${PROCESS_FUNCTIONS}
case $(dpkg-query -W -f='\${db:Status-Abbrev}' mosquitto 2>/dev/null) in ?[!nc]*) echo 'the package mosquitto is installed' ;; esac
[ -e /usr/sbin/mosquitto ] && echo '/usr/sbin/mosquitto is there'
[ -z "$(listener_inodes ${ports})" ] || for port in ${ports}; do
  holder=$(port_holder "$port")
  [ -n "$holder" ] && echo "process $holder listens on port $port"
done
true`,
  };
}

/** The checkpoint asks for clients only on the Pi: no package, no binary, nothing on the broker's port. Never mended, only told. */
function noBroker(lab: Lab, { name }: Pi): Resource {
  const query = noBrokerQuery(lab);
  return {
    id: 'clients only',
    queries: [query],
    plan(facts) {
      const found = facts.get(query).output.trim();
      if (found === '') return { items: [{ action: 'unchanged', kind: 'check', name: 'clients only' }] };
      const happened = `there is a broker:\n    ${found.split('\n').join('\n    ')}`;
      const advice = `remove it on the Pi: sudo apt-get purge mosquitto (the clients stay), then run the command again`;
      throw new LabError({ subject: name, step: 'clients only', happened, advice }, 'failed');
    },
  };
}
