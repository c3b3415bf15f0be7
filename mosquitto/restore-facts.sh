# Prints what the backup can restore, a line each.
: "${folder?}" "${config_folder?}" "${data_folders?}" "${unit_files?}" "${untouched?}"

[ -d "$folder" ] || exit 0
echo backup
if [ ! -e "$folder/restored" ]; then
  folders=$config_folder
  [ -e "$folder/$untouched" ] || folders="$folders $data_folders"
  for path in $folders; do
    if [ -d "$folder/files$path" ]; then echo "folder $path"; fi
  done
  if [ -f "$folder/state" ] && [ -d "$config_folder" ]; then
    find "$config_folder" ! -type d | while IFS= read -r file; do
      if is_foreign "$folder/files$file" "$file"; then echo "foreign $file"; fi
    done
  fi
fi
grep -E '^(active|process) ' "$folder/state" 2>/dev/null
# shellcheck disable=SC2016
case $(dpkg-query -W -f='${db:Status-Status}' mosquitto 2>/dev/null) in
  '' | not-installed | config-files)
    for path in $unit_files; do
      if is_remnant "$path" && grep -qxF "absent $path" "$folder/state" 2>/dev/null; then echo "remnant $path"; fi
    done
    ;;
  *) echo installed ;;
esac
for kind in passwd group; do
  getent $kind mosquitto >/dev/null && grep -qx "absent $kind" "$folder/state" 2>/dev/null && echo "account $kind"
done
true
