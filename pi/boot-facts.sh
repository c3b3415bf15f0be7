# Prints when process 1 began, when the clients were unpacked, and what the lab recorded at its last reboot.
# Needs provisioning/resources/processes and boot-mark.sh.
: "${package_list?}" "${note_file?}"

installed=$(stat -c '%.Y' "$package_list") || exit
echo "mark $(boot_mark)"
echo "started $(started_at 1)"
echo "installed $installed"
echo "up $(cut -d ' ' -f 1 /proc/uptime)"
echo "now $(date +%s.%N)"
echo "note $(cat "$note_file")"
