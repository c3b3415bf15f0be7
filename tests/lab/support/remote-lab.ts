import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { containerCreator } from '../../../deployment/create-containers.ts';
import { readLab } from '../../../lab-file/read.ts';
import { HOST_KEY } from '../../../provisioning/docker/labels.ts';
import { engine } from './container.ts';
import type { TestLab } from './lab.ts';

/** The file of the lab whose broker and Pis are another lab's containers, reached over SSH. */
export const FILE = 'remote.yaml';
/** The port of its broker. */
export const PORT = 18_832;

export const remoteName = (machines: TestLab) => `${machines.name}-remote`;

/** Creates the containers that play the part of machines; nothing is ever provisioned on them but by the other lab. */
export async function createMachines(machines: TestLab): Promise<void> {
  const lab = readLab(path.join(machines.folder, 'lab.yaml'));
  const make = containerCreator(await engine(), lab, { report: () => undefined, signal: new AbortController().signal });
  for (const machine of ['broker', 'pi']) await make(machine);
}

/** Writes a lab file whose broker and Pis are the machines, over SSH; MQTT clients reach the broker on the machines' network. */
export async function remoteLab(machines: TestLab, pis: readonly string[]): Promise<void> {
  const places = new Map<string, object>();
  for (const [machine, user] of [
    ['broker', 'debian'],
    ['pi', 'pi'],
  ] as const) {
    const { NetworkSettings, Config } = await machines.container(machine).inspect();
    const port = NetworkSettings.Ports['22/tcp']?.[0]?.HostPort;
    const hostKey = Config.Labels[HOST_KEY];
    places.set(machine, { host: `ssh://${user}@127.0.0.1:${port}`, identity: `.lab/keys/${machines.name}`, hostKey });
  }
  const [network] = Object.values((await machines.container('broker').inspect()).NetworkSettings.Networks);
  const content = {
    name: remoteName(machines),
    broker: { ...places.get('broker'), port: PORT, address: network?.IPAddress },
    pis: Object.fromEntries(pis.map((pi) => [pi, places.get(pi)])),
    users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
    topics: { test: { publish: ['sam'], subscribe: ['alice'] } },
  };
  await writeFile(path.join(machines.folder, FILE), JSON.stringify(content));
}

/** A Mosquitto with a configuration and data of its own, as its owner leaves it. */
export const OWN = `
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -y install --no-install-recommends mosquitto mosquitto-clients >/dev/null 2>&1
printf 'listener ${PORT}\\nallow_anonymous true\\n' >/etc/mosquitto/conf.d/own.conf
chown mosquitto:root /etc/mosquitto/conf.d/own.conf
chmod 640 /etc/mosquitto/conf.d/own.conf
touch -d '2024-05-06 07:08:09.123456789' /etc/mosquitto/conf.d/own.conf
echo '# own' >>/etc/mosquitto/mosquitto.conf
echo own >/var/lib/mosquitto/own-file
install -d -o mosquitto -g mosquitto /run/mosquitto
mosquitto -d -c /etc/mosquitto/mosquitto.conf </dev/null >/dev/null 2>&1
tries=0
until mosquitto_pub -p ${PORT} -t kept/one -m retained -r -q 1 || [ "$tries" -ge 100 ]; do sleep 0.05; tries=$((tries + 1)); done
mosquitto_sub -p ${PORT} -t queue -q 1 -c -i device -E
mosquitto_pub -p ${PORT} -t queue -m queued -q 1`;
