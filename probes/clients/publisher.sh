# Runs the function `run_client`, which publishes each line that is written to a pipe. Prints `LINES path`,
# `HOLDER pid` of the process that keeps the pipe open, and `CLIENT pid`. With a text, the holder writes that and a
# number once a second. Needs mosquitto-options.sh.
: "${folder?}" "${hold_seconds?}" "${every_second?}"

hold() {
  [ -n "$every_second" ] || exec sleep "$hold_seconds"
  count=0
  while [ "$count" -lt "$hold_seconds" ]; do
    echo "$every_second $count"
    count=$((count + 1))
    sleep 1
  done
}

mkfifo "$folder/lines"
hold >"$folder/lines" &
holder=$!
trap 'rm -rf "$folder"; kill "$holder" 2>/dev/null' EXIT
run_client <"$folder/lines" &
client=$!
echo "LINES $folder/lines"
echo "HOLDER $holder"
echo "CLIENT $client"
wait "$client"
