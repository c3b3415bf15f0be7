# Prints the obstacles to the lab's broker, a line each.
: "${folders?}" "${ports?}" "${main_conf?}" "${conf_d?}" "${lab_conf?}"

for folder in $folders; do
  if [ -L "$folder" ]; then echo "link $folder $(readlink "$folder" | tr '\000-\037\177' ' ')"; fi
done

# shellcheck disable=SC2016
conffiles=$(dpkg-query -W -f='${Conffiles}\n' mosquitto 2>/dev/null)
md5=$(printf '%s\n' "$conffiles" | awk -v file="$main_conf" '$1 == file { print $2 }')
if [ -z "$md5" ]; then
  if [ -e "$main_conf" ]; then echo "main not from Debian's package"; fi
# newconffile: dpkg was killed after it installed the file and before it recorded the sum
elif [ "$md5" != newconffile ] && [ -e "$main_conf" ] && [ "$(md5sum <"$main_conf")" != "$md5  -" ]; then
  echo "main changed since Debian's package was installed"
fi

for file in "$conf_d"/*.conf; do
  if [ -e "$file" ] && [ "$file" != "$lab_conf" ]; then echo "file $file"; fi
done
if [ -e "$lab_conf" ]; then echo "lab $(head -n 1 "$lab_conf")"; fi

# shellcheck disable=SC2046
set -- $(pids_of mosquitto "$main_conf")
own=$1
for port in $ports; do
  holder=$(port_holder "$port")
  case "${holder%% *}" in
    '' | "$own") ;;
    # the process is hidden, as in a container without CAP_SYS_PTRACE: assume that it is the lab's broker if that runs
    0) [ -n "$own" ] || echo "port $port $holder" ;;
    *) echo "port $port $holder" ;;
  esac
done
