# A bridge with a tap device for each machine. Their names carry the process id of the test run, so that a later run
# recognizes and removes what a killed one has left.
: "${act?}" "${bridge?}" "${address?}" "${taps?}" "${owner?}"
set -eu
PATH=$PATH:/usr/sbin:/sbin

# Docker has the kernel pass bridged packets to iptables and drops what no rule accepts
filters() { [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null)" = 1 ]; }

remove() { # BRIDGE
  while iptables -w 10 -D FORWARD -i "$1" -o "$1" -j ACCEPT 2>/dev/null; do :; done
  for device in /sys/class/net/"$1"t* /sys/class/net/"$1"; do
    if [ -e "$device" ]; then ip link delete "${device##*/}"; fi
  done
}

# mqlabPID, of process PID
left_behind() {
  { ls /sys/class/net; iptables -w 10 -S FORWARD 2>/dev/null | tr ' ' '\n'; } |
    sed -n 's/^mqlab\([0-9]*\)$/\1/p' | sort -u | while read -r pid; do
    if [ ! -d "/proc/$pid" ]; then echo "mqlab$pid"; fi
  done
}

case $act in
  open)
    for old in $(left_behind); do remove "$old"; done
    trap 'remove "$bridge"' EXIT
    ip link add "$bridge" type bridge
    ip address add "$address" dev "$bridge"
    ip link set "$bridge" up
    for tap in $taps; do
      ip tuntap add dev "$tap" mode tap user "$owner"
      ip link set "$tap" master "$bridge" up
    done
    if filters; then iptables -w 10 -I FORWARD -i "$bridge" -o "$bridge" -j ACCEPT; fi
    trap - EXIT
    ;;
  close) remove "$bridge" ;;
esac
