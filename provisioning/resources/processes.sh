# Functions for questions about processes and ports. They need neither iproute2, procps nor Python, which a minimal
# Debian lacks, and start few processes, since every run asks every host.

# pids_of NAME [WORD]: living processes of that name with that word in their command line, in this PID namespace:
# a container's processes show in the host's /proc too. A container's root may not read /proc/PID/exe (CAP_SYS_PTRACE).
pids_of() {
  for process in /proc/[0-9]*; do
    read -r name <"$process/comm" || continue
    [ "$name" = "$1" ] || continue
    [ -z "$2" ] || grep -qzxF -- "$2" "$process/cmdline" || continue
    # a nested PID namespace shows as a second number, an ended process that its parent has not reaped as a zombie (proc(5), NSpid and State)
    while read -r key value nested; do
      case $key in State:) state=$value ;; NSpid:) break ;; esac
    done <"$process/status" || continue
    [ "$key" != NSpid: ] || [ -n "$nested" ] || [ "$state" = Z ] || echo "${process#/proc/}"
  done 2>/dev/null
  true
}

# remove_stale_pid_file FILE NAME: removes the file unless it names a living process of that name.
remove_stale_pid_file() {
  [ -f "$1" ] && ! pids_of "$2" | grep -qxF -- "$(cat "$1")" && rm -f "$1"
  true
}

# started_at PID: when the process started, in clock ticks after the boot (proc(5), starttime).
started_at() {
  IFS= read -r stat <"/proc/$1/stat" || return 0
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  echo "${20}"
}

# listener_inodes PORT…: the sockets that listen on these TCP ports.
listener_inodes() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v ports="$*" '
    BEGIN { for (i = split(ports, list, " "); i > 0; i--) wanted[sprintf("%04X", list[i])] }
    $4 == "0A" { n = split($2, a, ":"); if (a[n] in wanted) print $10 }'
}

# port_holder PORT: `PID COMMAND LINE` of the process that listens on the TCP port; PID 0 where it is hidden.
port_holder() {
  for inode in $(listener_inodes "$1"); do
    # shellcheck disable=SC2044
    for fd in $(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" 2>/dev/null); do
      pid=${fd#/proc/}
      pid=${pid%%/*}
      # a process writes its own command line: a line break in it would begin an answer of its own
      printf '%s %s\n' "$pid" "$(tr '\000-\037\177' ' ' <"/proc/$pid/cmdline")"
      return
    done
    echo "0 a process of another namespace or user"
    return
  done
}
