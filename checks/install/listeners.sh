# The local addresses on which the broker listens, such as 00000000:075B. It looks for the sockets of its user and for the
# descriptors of its processes: a container's root may not read the latter, and another version may bind as root. Needs
# provisioning/resources/processes.
uid=$(id -u mosquitto)
held=$(for pid in $(pids_of mosquitto); do find "/proc/$pid/fd" -lname 'socket:*' -printf '%l '; done | tr -cd '0-9 ')
cat /proc/net/tcp /proc/net/tcp6 | awk -v uid="$uid" -v held=" $held" '
  $4 == "0A" && ($8 == uid || index(held, " " $10 " ")) { print $2 }'
