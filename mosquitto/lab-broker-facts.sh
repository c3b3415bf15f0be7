# Prints the lab's broker and its files, a line each. A broker is the lab's when it has loaded or will load the lab's
# files. Prints nothing during a restore, when the host's earlier broker runs.
: "${folder?}" "${own_header?}" "${lab_files?}"
: "${lab_conf?}" "${acl?}" "${loaded?}" "${main_conf?}" "${config_folder?}"

[ ! -e "$folder/restoring" ] || exit 0
first=$(head -n 1 "$lab_conf" 2>/dev/null)
own=
case $first in
  "$own_header"*) own=yes ;;
  '# mqtt-lab "'*)
    if [ -d "$folder" ]; then printf '%s\n' "$first" | sed 's/^# mqtt-lab "\([^"]*\)".*/other \1/'; fi
    exit
    ;;
esac
pid=$(pids_of mosquitto "$main_conf" | head -n 1)
if [ -n "$pid" ]; then
  case $(cat "$loaded" 2>/dev/null) in
    "$pid $(started_at "$pid") "*) recorded=yes ;;
    *) recorded= ;;
  esac
  if [ -n "$own$recorded" ]; then echo "process $pid"; fi
fi
if [ -n "$own" ] || head -n 1 "$acl" 2>/dev/null | grep -qF "$own_header" || [ -d "$folder" ]; then
  for file in $lab_files "$config_folder"/.lab-staged.*; do
    if [ -e "$file" ]; then echo "file $file"; fi
  done
fi
