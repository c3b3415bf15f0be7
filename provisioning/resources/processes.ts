/**
 * Shell functions for questions about processes and ports, without iproute2, procps or Python, which a minimal Debian lacks.
 * `pids_of NAME [WORD]`: living processes of that name with that word in their command line, in this PID namespace (a container's processes
 * show in the host's /proc too). Their /proc/PID/exe can't be read by a container's root, which has no CAP_SYS_PTRACE.
 * `remove_stale_pid_file FILE NAME`: removes the file unless the process that it tells lives and has that name.
 * `port_holder PORT`: `PID COMMAND LINE` of whoever listens on the TCP port; PID 0 where nobody may look.
 */
export const PROCESS_FUNCTIONS = `
pids_of() {
  for process in /proc/[0-9]*; do
    read -r name <"$process/comm" && [ "$name" = "$1" ] || continue
    [ -z "$2" ] || tr '\\0' '\\n' <"$process/cmdline" | grep -qxF -- "$2" || continue
    # a nested PID namespace shows as a second number, an ended process that nobody has reaped as a zombie (proc(5), NSpid and State)
    [ "$(awk '$1 == "State:" { state = $2 } $1 == "NSpid:" && state != "Z" { print NF }' "$process/status")" = 2 ] && echo "\${process#/proc/}"
  done 2>/dev/null
  true
}
remove_stale_pid_file() {
  [ -f "$1" ] && ! pids_of "$2" | grep -qxF -- "$(cat "$1")" && rm -f "$1"
  true
}
started_at() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }
listener_inodes() {
  hex=$(printf '%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$hex" '$4 == "0A" { n = split($2, a, ":"); if (a[n] "" == port "") print $10 }'
}
port_holder() {
  for inode in $(listener_inodes "$1"); do
    for fd in $(find /proc/[0-9]*/fd -lname "socket:\\[$inode\\]" 2>/dev/null); do
      pid=\${fd#/proc/}; pid=\${pid%%/*}
      printf '%s %s\\n' "$pid" "$(tr '\\0' ' ' <"/proc/$pid/cmdline")"
      return
    done
    echo "0 a process of another namespace or user"
    return
  done
}`;
