# Kills a client, or its process group where $target is negative. Prints KILLED, then `STATE n` once the kernel has closed
# the connection, without a number where the connection has left the kernel's table. Needs flow.sh.
: "${target?}" "${broker_port?}"

flow=$(find_flow)
kill -s KILL -- "$target" || exit 1
echo KILLED
[ -n "$flow" ] || exit 0
local_port=$(printf '%04X' "${flow##* }")
remote_port=$(printf '%04X' "$broker_port")
state=01
tries=0
while [ "$state" = 01 ] && [ "$tries" -lt 50 ]; do
  [ "$tries" = 0 ] || sleep 0.02
  state=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v local=":$local_port$" -v remote=":$remote_port$" '$2 ~ local && $3 ~ remote { print $4; exit }')
  tries=$((tries + 1))
done
echo "STATE $state"
