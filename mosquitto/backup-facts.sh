: "${folder?}" "${lab_conf?}" "${own_header?}"

[ -f "$folder/state" ] && echo complete
[ -f "$folder/data" ] && echo data
{ [ -e "$folder/restoring" ] || [ -e "$folder/restored" ]; } && echo restoring
head -n 1 "$lab_conf" 2>/dev/null | grep -qF "$own_header" && echo own
[ -n "$(pids_of mosquitto)" ] && echo running
true
