import { BACKUPS } from '../resources/backup-folder.ts';
import { PROCESS_FUNCTIONS } from '../resources/processes.ts';
import { DOCKERD_LOG, LEAVING, OWN_CONTAINERD, TOOLS } from './engine-record.ts';

/** How long dockerd may take for its end, in seconds. */
const STOP_S = 60;
/** Bound on the scripts here, which wait for nothing else. */
export const REMOVE_TOOLS_MS = (STOP_S + 60) * 1000;

/** Root's own path, also where the login's is without it. */
const BEFORE = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/snap/bin
before() { sed -n "s|^$1 ||p" ${TOOLS}/before; }`;

/**
 * The engine's part in the firewall. Nothing is touched where there is any rule or chain beside Docker's own, such as one in DOCKER-USER, which is for the
 * user. Forwarding is turned off where the engine has turned it on, which it shows by its policy.
 */
export const FIREWALL_FUNCTIONS = `
each_table() {
  for command in iptables ip6tables; do
    command -v "$command" >/dev/null || continue
    for table in filter nat raw; do "$@"; done
  done
}
rules() { "$command" -w 5 -t "$table" -S 2>/dev/null; }
others_rules() { each_table rules | grep -v -e '^-P ' -e '^#' | awk '/^-A DOCKER-USER / ? !/-j RETURN$/ || NF != 4 : !/DOCKER|docker0/'; }
flush() {
  if [ -n "$(rules | grep -v '^-P ')" ]; then "$command" -w 5 -t "$table" -F && "$command" -w 5 -t "$table" -X; fi
}
leave_firewall() {
  if [ -n "$(others_rules)" ]; then
    echo "firewall stays: it has rules of others beside those of Docker's"
    return
  fi
  forward=$(iptables -w 5 -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD //p')
  each_table flush 2>/dev/null
  if [ "$forward" = DROP ] && [ "$(before policy)" != DROP ]; then
    iptables -w 5 -P FORWARD ACCEPT
    if [ "$(before forwarding)" = 0 ]; then echo 0 >/proc/sys/net/ipv4/ip_forward; fi
  fi
}`;

/** Linux's ioctls to set an interface's flags, here to none, and to remove a bridge (netdevice(7)); iproute2 may not be there, perl-base is. */
const REMOVE_BRIDGE = `
my $name = pack("a16", "docker0");
my $down = pack("a16 s x22", "docker0", 0);
my $socket;
socket($socket, 2, 2, 0) and ioctl($socket, 0x8914, $down) and ioctl($socket, 0x89a1, $name) or die "docker0: $!\\n";`;

/** Ends this machine's engine, in which nobody has anything; its firewall rules and its bridge go while iptables is there. Run as root. */
export const END_ENGINE = `
${PROCESS_FUNCTIONS}
${BEFORE}
${FIREWALL_FUNCTIONS}
: >${LEAVING} && sync ${LEAVING} || exit
if [ -d /run/systemd/system ]; then systemctl stop docker.socket docker.service || exit; fi
for engine in $(pids_of dockerd); do kill "$engine"; done
tries=0
while [ -n "$(pids_of dockerd; pids_of containerd ${OWN_CONTAINERD})" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt ${STOP_S * 5} ]; then echo 'dockerd has not ended after ${STOP_S} s' >&2; exit 1; fi
  sleep 0.2
done
leave_firewall
if [ "$(before bridge)" = absent ] && [ -d /sys/class/net/docker0 ] && [ -z "$(ls /sys/class/net/docker0/brif)" ]; then
  perl -e '${REMOVE_BRIDGE}' || echo 'docker0 stays'
fi
true`;

/**
 * Removes what docker.io has left after its own removal, where nothing was before the lab, and only while there is no engine, running or installed.
 * What a folder of /etc/docker has that no engine has made is somebody's. Run as root.
 */
export const REMOVE_DATA = `
set -e
${PROCESS_FUNCTIONS}
${BEFORE}
gone() { [ -z "$(pids_of "$1")" ] && ! command -v "$1" >/dev/null; }
unmount() { # all below a folder
  awk -v below="$1" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mounted; do umount "$mounted"; done
}
empty() { # FOLDER, and away with it where it was not there
  case $(before "$1") in absent|empty) ;; *) return 0 ;; esac
  if ! [ -d "$1" ]; then return 0; fi
  unmount "$1/"
  find "$1" -xdev -mindepth 1 -delete
  if [ "$(before "$1")" = absent ]; then rmdir "$1"; else chmod "$(before "$1:mode")" "$1"; fi
}
if ! gone dockerd; then
  echo 'what is in /var/lib/docker stays: there is an engine'
else
  empty /var/lib/docker
  if [ "$(before /etc/docker)" = absent ] && [ -d /etc/docker ]; then
    rm -f /etc/docker/key.json
    rmdir /etc/docker 2>/dev/null || echo 'what is in /etc/docker stays: it is not the engine'"'"'s'
  fi
  unmount /run/docker/
  rm -rf --one-file-system /run/docker
  rm -f /run/docker.sock /run/docker.pid
  if [ "$(before group)" = absent ] && getent group docker >/dev/null; then
    members=$(getent group docker | cut -d: -f4)
    if [ -z "$members" ]; then groupdel docker; else echo "group docker stays: $members"; fi
  fi
  if gone containerd; then
    empty /var/lib/containerd
    if [ "$(before /opt/containerd)" = absent ]; then rmdir /opt/containerd/bin /opt/containerd/lib /opt/containerd 2>/dev/null || true; fi
    rm -rf --one-file-system /run/containerd
  fi
fi`;

/** Last of all, when packages and data are gone. */
export const FORGET_TOOLS = `rm -f ${DOCKERD_LOG}
rm -rf ${TOOLS}
rm -f ${LEAVING}
rmdir --ignore-fail-on-non-empty ${BACKUPS}`;
