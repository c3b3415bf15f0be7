# Drops every segment of a connection, both ways, without a FIN or RST to either end. Prints `WATCHDOG pid` and
# `CUT tool`, or NO TOOL. The watchdog, in a session of its own, undoes the cut after the bound even if this script dies.
: "${name?}" "${iptables?}" "${client_port?}" "${broker_port?}" "${bound_seconds?}" "${undo?}"

cut_by_nft() {
  command -v nft >/dev/null && nft -f - <<END
table inet $name {
  chain in { type filter hook input priority -300; tcp sport $broker_port tcp dport $client_port counter drop; }
  chain out { type filter hook output priority -300; tcp sport $client_port tcp dport $broker_port counter drop; }
}
END
}

cut_by_iptables() {
  command -v "$iptables" >/dev/null &&
    "$iptables" -w 5 -N "$name" &&
    "$iptables" -w 5 -A "$name" -p tcp --sport "$broker_port" --dport "$client_port" -j DROP &&
    "$iptables" -w 5 -A "$name" -p tcp --sport "$client_port" --dport "$broker_port" -j DROP &&
    "$iptables" -w 5 -I INPUT -j "$name" &&
    "$iptables" -w 5 -I OUTPUT -j "$name"
}

if cut_by_nft; then
  tool=nft
elif cut_by_iptables; then
  tool=iptables
else
  sh -c "$undo"
  echo 'NO TOOL'
  exit 0
fi
setsid sh -c "sleep $bound_seconds; $undo" </dev/null >/dev/null 2>&1 &
echo "WATCHDOG $!"
echo "CUT $tool"
