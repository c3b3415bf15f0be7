import type { Lab } from '../../lab-file/lab.ts';
import { renderAcl } from '../../mosquitto/acl.ts';
import { renderConf } from '../../mosquitto/conf.ts';
import { renderPasswd } from '../../mosquitto/passwd.ts';
import type { Login, Prepare, Stage } from './stage.ts';
import { runTimed } from './timed.ts';

export const APT = 'apt-get --quiet --yes update && apt-get --quiet --yes install --no-install-recommends';

/** The same work by hand, on both hosts at once: one ssh and one script each, which checks nothing. */
export const plain: Prepare = async (stage, signal) => async () => {
  const begin = performance.now();
  await Promise.all([
    sh(stage, stage.broker, brokerScript(stage.lab), signal),
    sh(stage, stage.pi, `${APT} mosquitto-clients python3-paho-mqtt`, signal),
  ]);
  return (performance.now() - begin) / 1000;
};

async function sh(stage: Stage, login: Login, script: string, signal: AbortSignal): Promise<void> {
  const { user, address, port, identity } = login;
  const words = [...sshOptions(stage.knownHosts), '-i', identity, '-p', String(port), `${user}@${address}`];
  const input = `export DEBIAN_FRONTEND=noninteractive\n${script}\n`;
  await runTimed('ssh', [...words, 'sudo', 'sh', '-e'], { signal, input });
}

/** Ignores ~/.ssh, and knows the host keys of the stage. */
export function sshOptions(knownHosts: string): string[] {
  return [
    ...['-F', 'none', '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none'],
    ...['-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${knownHosts}`],
  ];
}

/** Stops a running broker first, as a simple script would restart it each time. */
function brokerScript(lab: Lab): string {
  const files = [
    ['/etc/mosquitto/conf.d/lab.conf', renderConf(lab)],
    ['/etc/mosquitto/lab.passwd', renderPasswd(lab.users, '')],
    ['/etc/mosquitto/lab.acl', renderAcl(lab)],
  ];
  return [
    `${APT} mosquitto mosquitto-clients </dev/null`,
    ...files.map(([path, content]) => `cat >${path} <<'END'\n${content}END`),
    'chown mosquitto: /etc/mosquitto/lab.passwd /etc/mosquitto/lab.acl',
    'chmod 600 /etc/mosquitto/lab.passwd /etc/mosquitto/lab.acl',
    'install -d -o mosquitto -g mosquitto /run/mosquitto',
    'while pid=$(pidof mosquitto); do kill $pid 2>/dev/null || true; sleep 0.05; done',
    '/usr/sbin/mosquitto -d -c /etc/mosquitto/mosquitto.conf </dev/null >/dev/null 2>&1',
  ].join('\n');
}
