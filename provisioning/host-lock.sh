# Runs `script` while no other script of the lab runs on the host. The script of a killed run continues without it, and
# must not replace files after the next run has.
: "${script?}" "${wait_s?}"

# a folder that every Debian has and no other program locks; a lock file would stay behind
locked=/var/lib/dpkg
# flock's exit code, chosen here, where another script has the lock
taken=75

# --close: what the script starts, such as a broker, does not inherit the lock (flock(1))
# shellcheck disable=SC2016
alone() {
  printf '%s\n' "$script" |
    flock --close --conflict-exit-code "$taken" "$@" "$locked" sh -c 'script=$(cat); exec </dev/null; eval "$script"'
}

alone --nonblock
code=$?
[ "$code" = "$taken" ] || exit "$code"
echo 'a step of an earlier run is still running; waiting until it ends'
alone --timeout "$wait_s"
code=$?
[ "$code" != "$taken" ] || echo "the step of the earlier run is still running after $wait_s s; see what it waits for: ps axf" >&2
exit "$code"
