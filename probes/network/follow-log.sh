# Prints the end of a log, then the word in $live, then each new line, also through a rotation. `tail` alone would go on
# after its reader is gone, until the log's next line: an empty line every other second ends it. tail polls twenty times
# a second, since a container's file system (overlayfs) has no notifications.
: "${file?}" "${live?}" "${before_bytes?}"

if [ ! -r "$file" ]; then
  echo 'no log' >&2
  exit 1
fi
size=$(wc -c <"$file")
from=$((size > before_bytes ? size - before_bytes : 0))
tail -c "+$((from + 1))" "$file" | head -c "$((size - from))"
echo "$live"
tail -c "+$((size + 1))" -s 0.05 -F "$file" 2>/dev/null &
tail=$!
trap 'kill "$tail" 2>/dev/null' EXIT
trap 'exit 141' PIPE
trap 'exit 143' TERM
trap 'exit 130' INT HUP
while kill -0 "$tail" 2>/dev/null && echo; do sleep 2; done
