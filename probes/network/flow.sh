# `find_flow`: the TCP connection of a process to its broker, as `FLOW family port`. A host may lack ss, so this compares
# the inodes of sockets. In /proc/net/tcp, ports are hexadecimal and state 01 is ESTABLISHED (proc_net_tcp, Linux).
: "${pid?}" "${broker_port?}"

find_flow() {
  remote_port=$(printf '%04X' "$broker_port")
  # shellcheck disable=SC2012
  inodes=$(ls -l "/proc/$pid/fd" | sed -n 's/.*socket:\[\([0-9]*\)\].*/\1/p')
  for family in 4 6; do
    table=/proc/$pid/net/tcp
    [ "$family" = 4 ] || table=/proc/$pid/net/tcp6
    [ -r "$table" ] || continue
    while read -r _ local_address remote_address state _ _ _ _ _ inode _; do
      [ "$state ${remote_address##*:}" = "01 $remote_port" ] || continue
      for socket in $inodes; do
        if [ "$socket" = "$inode" ]; then
          echo "FLOW $family $((0x${local_address##*:}))"
          return 0
        fi
      done
    done <"$table"
  done
  echo "process $pid has no connection to port $broker_port" >&2
  return 1
}
