# Prints what keeps a client away from a port of this host: who listens, and which firewall filters the input. Runs as
# root. Needs provisioning/resources/processes.
: "${port?}"

holder=$(port_holder "$port")
[ -z "$holder" ] || echo "holder $holder"
# the local addresses of the listening sockets; in /proc/net/tcp a port is hexadecimal, and state 0A is LISTEN
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
  awk -v port="$(printf '%04X' "$port")" '$4 == "0A" { n = split($2, a, ":"); if (a[n] == port) print "address " a[1] }'
if ufw status 2>/dev/null | grep -q '^Status: active'; then echo 'firewall ufw'; fi
if firewall-cmd --state >/dev/null 2>&1; then echo 'firewall firewalld'; fi
for iptables in iptables ip6tables; do
  if "$iptables" -w 5 -S INPUT 2>/dev/null | grep -qE '^-P INPUT DROP|-j (DROP|REJECT)'; then echo "firewall $iptables"; fi
done
# a chain of the input that drops: its family, its table and its name
nft list ruleset 2>/dev/null | awk '
  $1 == "table" { table = $2 " " $3 }
  $1 == "chain" { chain = $2; is_input = 0 }
  / hook input / { is_input = 1; if (/policy drop/) print "nft " table " " chain }
  is_input && /(^|[[:space:]])(drop|reject)([[:space:]]|$)/ && ! / hook input / { print "nft " table " " chain }' | uniq
true
