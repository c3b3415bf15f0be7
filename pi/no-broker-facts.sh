# Prints the parts of a broker on a Pi, a line each. Needs provisioning/resources/processes.
: "${ports?}"

# shellcheck disable=SC2016
case $(dpkg-query -W -f='${db:Status-Abbrev}' mosquitto 2>/dev/null) in
  ?[!nc]*) echo 'the package mosquitto is installed' ;;
esac
if [ -e /usr/sbin/mosquitto ]; then echo '/usr/sbin/mosquitto exists'; fi
# shellcheck disable=SC2086
if [ -n "$(listener_inodes $ports)" ]; then
  for port in $ports; do
    holder=$(port_holder "$port")
    [ -z "$holder" ] || echo "process $holder listens on port $port"
  done
fi
