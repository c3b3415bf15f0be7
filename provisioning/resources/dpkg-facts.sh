# Prints what a killed dpkg has left. Only where something is unfinished, all packages follow, a line each:
# state, name, whether it is essential, what it depends on.
cd /var/lib/dpkg || exit
journal=$(ls updates)
# a journal is a killed dpkg's unless a process has dpkg's lock (proc(5), /proc/locks has it by its inode)
if [ -n "$journal" ] && ! grep -qF ":$(stat -c %i lock) " /proc/locks; then echo interrupted; fi
if [ -n "$journal" ] || grep '^Status: ' status | grep -qvE ' ok (installed|config-files|not-installed)$'; then
  # shellcheck disable=SC2016
  dpkg-query -W -f='package|${db:Status-Abbrev}|${Package}|${Essential}|${Pre-Depends}, ${Depends}\n'
fi
true
