# Removes the lab's files. Ends the broker of an interrupted trial first, since its user is about to be removed.
: "${folder?}" "${config_folder?}" "${main_conf?}" "${lab_files?}" "${run_folder?}"

for staged in "$config_folder"/.lab-staged.*; do
  end_trial "$staged"
done
# lab.conf, which names the lab, goes last
files=
for file in $lab_files; do files="$file $files"; done
# shellcheck disable=SC2086
rm -f $files
rm -rf "$config_folder"/.lab-staged.* "$run_folder"
# without a backup the broker continues with Debian's own configuration
if [ ! -e "$folder/state" ] && [ -d /run/systemd/system ] && [ -f "$main_conf" ]; then systemctl restart mosquitto; fi
