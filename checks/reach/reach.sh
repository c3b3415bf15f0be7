# Prints how far this host gets on its path to the broker, a line each: the layer, a tab, what happened there.
: "${address?}" "${port?}" "${connect?}" "${bound?}" "${programs?}"
resolved=$(getent ahosts "$address" | awk '{ print $1; exit }')
printf 'name\t%s\n' "$resolved"
if [ -n "$resolved" ]; then
  # connect holds a login: printf is part of the shell, so that no process list shows it
  # shellcheck disable=SC2059,SC2016
  # timeout stays in the process group of this script, which ends with the command
  answer=$(printf "$connect" | timeout --foreground -k 1 "$((bound + 1))" bash -c '
    set -o pipefail
    exec 3<>"/dev/tcp/$0/$1" || exit 1
    echo connected
    # over TLS a client program goes on from here
    [ -n "$3" ] || exit 0
    cat >&3
    timeout --foreground -k 1 "$2" head -c 4 <&3 | od -An -v -tx1' "$address" "$port" "$bound" "${connect:+yes}" 2>&1)
  code=$?
  case $answer in
    connected*) printf 'tcp\tconnected\nmqtt\t%s\n' "$(printf %s "${answer#connected}" | tr '\n' ' ')" ;;
    *) printf 'tcp\t%s\n' "$(printf %s "$answer" | tail -n 1)" ;;
  esac
  [ "$code" -ne 124 ] || printf 'late\t%s\n' "$bound"
fi
for program in $programs; do
  case $program in
    paho) words=$(python3 -c 'import paho.mqtt.client' 2>&1) ;;
    *) words=$("$program" --help 2>&1) ;;
  esac
  code=$?
  # the help of mosquitto clients ends with code 1
  if [ "$program" = paho ]; then [ "$code" -eq 0 ] && continue; else [ "$code" -lt 126 ] && continue; fi
  printf '%s\t%s\n' "$program" "$(printf %s "$words" | tail -n 1)"
done
