# Undoes a cut, whichever tool made it; changes nothing where it is undone already.
: "${name?}" "${iptables?}"

nft delete table inet "$name" 2>/dev/null
if command -v "$iptables" >/dev/null && "$iptables" -w 5 -nL "$name" >/dev/null 2>&1; then
  {
    "$iptables" -w 5 -D INPUT -j "$name"
    "$iptables" -w 5 -D OUTPUT -j "$name"
    "$iptables" -w 5 -F "$name"
    "$iptables" -w 5 -X "$name"
  } >/dev/null 2>&1
fi
true
