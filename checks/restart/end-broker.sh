# Stops or crashes the broker. After a crash the service manager may start another one at once, so this waits for the
# end of the old process. Needs broker-functions.sh.
: "${end?}" "${old?}"

if [ "$end" = crash ]; then
  kill -s KILL "$old"
elif [ -d /run/systemd/system ]; then
  systemctl stop mosquitto
else
  kill -s TERM "$old"
fi
wait_for is_gone 'the broker does not end'
