import type { Lab } from '../../../lab-file/lab.ts';
import type { DeploymentMutant } from '../mutant.ts';

/** Faults of a Pi. */
export function piMutants({ broker }: Lab): DeploymentMutant[] {
  const onPi = { kind: 'deployment', machine: 'pi' } as const;
  return [
    {
      ...onPi,
      name: 'pi.cut-off',
      what: 'the Pi cannot reach the broker, while SSH works',
      mutate: `nft add table inet mutant
nft 'add chain inet mutant out { type filter hook output priority 0; }'
nft add rule inet mutant out tcp dport ${broker.port} drop`,
      restore: 'nft delete table inet mutant',
      caughtBy: ['reach.pi'],
    },
    {
      ...onPi,
      name: 'pi.clients-missing',
      what: 'mosquitto_pub and mosquitto_sub are not on the Pi',
      mutate: 'for client in mosquitto_pub mosquitto_sub; do mv /usr/bin/$client /usr/bin/$client.away; done',
      restore: 'for client in mosquitto_pub mosquitto_sub; do mv /usr/bin/$client.away /usr/bin/$client; done',
      caughtBy: ['reach.pi'],
    },
    {
      ...onPi,
      name: 'pi.broker-package',
      what: "Debian's package mosquitto is installed on the Pi",
      mutate: 'apt-get install --quiet --quiet --yes mosquitto >/dev/null 2>&1',
      restore: 'apt-get purge --quiet --quiet --yes mosquitto >/dev/null 2>&1',
      caughtBy: ['install.clients-only.pi'],
    },
    {
      ...onPi,
      name: 'pi.broker-binary',
      what: 'the Pi has a mosquitto program that belongs to no package',
      mutate: 'cp /bin/true /usr/sbin/mosquitto',
      restore: 'rm /usr/sbin/mosquitto',
      caughtBy: ['install.clients-only.pi'],
    },
    {
      ...onPi,
      name: 'pi.listener',
      what: 'a program listens on port 1883 of the Pi',
      mutate: `python3 -c 'import socket,time
s = socket.create_server(("", 1883)); time.sleep(300)' </dev/null >/dev/null 2>&1 &
echo $! >/tmp/mutant.pid
tries=0
until [ -n "$(listener_inodes 1883)" ] || [ "$tries" -ge 100 ]; do sleep 0.05; tries=$((tries + 1)); done`,
      restore: 'kill "$(cat /tmp/mutant.pid)"',
      caughtBy: ['install.clients-only.pi'],
    },
    {
      ...onPi,
      name: 'pi.clock',
      // a container shares its machine's clock, so date(1) reports another one
      what: "the Pi's clock is half a minute ahead",
      mutate: `printf '#!/bin/sh\\nexec /bin/date -d "+30 seconds" "$@"\\n' >/usr/local/bin/date
chmod 755 /usr/local/bin/date`,
      restore: 'rm /usr/local/bin/date',
      caughtBy: ['reach.clock.pi'],
    },
  ];
}
