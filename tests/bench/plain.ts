import type Docker from 'dockerode';
import { renderAcl } from '../../mosquitto/acl.ts';
import { renderConf } from '../../mosquitto/conf.ts';
import { renderPasswd } from '../../mosquitto/passwd.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { sshHost } from '../../provisioning/hosts/ssh.ts';
import type { Lab } from '../../provisioning/lab-file/lab.ts';
import { machineMaker } from '../../provisioning/machine-maker.ts';

const APT = 'apt-get --quiet --yes update && apt-get --quiet --yes install --no-install-recommends';
const TIMEOUT_MS = 600_000;

/**
 * What somebody would do by hand on the same fresh containers, both at once: one SSH connection and one script each, no question asked, nothing
 * checked. Gives the seconds, from no container to a broker that was started.
 */
export async function plainSshAndApt(docker: Docker, lab: Lab, signal: AbortSignal): Promise<number> {
  const begin = performance.now();
  const make = machineMaker(docker, lab, () => undefined, signal);
  const bring = async (name: string, script: string) => {
    const { ssh } = await make(name);
    await using host = await sshHost(name, ssh, signal);
    await run(host, { step: 'plain apt', script, root: true, timeoutMs: TIMEOUT_MS, signal });
  };
  await Promise.all([
    bring('broker', brokerScript(lab)),
    ...lab.pis.map(({ name }) => bring(name, `${APT} mosquitto-clients python3-paho-mqtt`)),
  ]);
  return (performance.now() - begin) / 1000;
}

function brokerScript(lab: Lab): string {
  const files = [
    ['/etc/mosquitto/conf.d/lab.conf', renderConf(lab)],
    ['/etc/mosquitto/lab.passwd', renderPasswd(lab.users, '')],
    ['/etc/mosquitto/lab.acl', renderAcl(lab)],
  ];
  return [
    'set -e',
    `${APT} mosquitto mosquitto-clients`,
    ...files.map(([path, content]) => `cat >${path} <<'END'\n${content}END`),
    'chown mosquitto: /etc/mosquitto/lab.passwd /etc/mosquitto/lab.acl',
    'chmod 600 /etc/mosquitto/lab.passwd /etc/mosquitto/lab.acl',
    'install -d -o mosquitto -g mosquitto /run/mosquitto',
    '/usr/sbin/mosquitto -d -c /etc/mosquitto/mosquitto.conf </dev/null >/dev/null 2>&1',
  ].join('\n');
}
