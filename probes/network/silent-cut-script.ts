/** One TCP connection between a client on this host and its broker, as /proc/net tells it. */
export type Flow = { readonly family: 4 | 6; readonly clientPort: number; readonly brokerPort: number };

/**
 * Tells the connection of a process as `FLOW family port`, from its sockets' inodes: no ss is needed. The remote port is the broker's, in
 * hexadecimal in /proc/net/tcp (proc_net_tcp, Documentation/networking of Linux); state 01 is ESTABLISHED.
 */
export function flowScript(pid: number, brokerPort: number): string {
  const remote = brokerPort.toString(16).toUpperCase().padStart(4, '0');
  return `inodes=$(ls -l /proc/${pid}/fd | sed -n 's/.*socket:\\[\\([0-9]*\\)\\].*/\\1/p')
for family in 4 6; do
  table=/proc/${pid}/net/tcp; [ $family = 6 ] && table=/proc/${pid}/net/tcp6
  [ -r $table ] || continue
  while read -r _ local remote state _ _ _ _ _ inode _; do
    [ "$state" = 01 ] && [ "\${remote##*:}" = ${remote} ] || continue
    for open in $inodes; do
      if [ "$open" = "$inode" ]; then echo "FLOW $family $((0x\${local##*:}))"; exit 0; fi
    done
  done <$table
done
echo "process ${pid} has no connection to port ${brokerPort}" >&2
exit 1`;
}

/**
 * Drops every segment of the flow, both ways, without a FIN or a RST to anybody, under a name of its own; tells `WATCHDOG pid` and `CUT tool`, or `NO TOOL`.
 * A watchdog in a session of its own undoes it after `boundSeconds`, also when whoever cut is gone by then.
 */
export function cutScript(name: string, flow: Flow, boundSeconds: number): string {
  return `if command -v nft >/dev/null && nft -f - <<'END'
${nftRules(name, flow)}
END
then tool=nft
elif command -v ${iptables(flow)} >/dev/null && { ${iptablesRules(name, flow).join(' && ')}; }
then tool=iptables
else ${undoLines(name, flow)}
echo 'NO TOOL'; exit 0
fi
setsid sh -c ${watchdog(name, flow, boundSeconds)} </dev/null >/dev/null 2>&1 &
echo "WATCHDOG $!"
echo "CUT $tool"`;
}

/**
 * Undoes a cut, whichever tool made it, and ends its watchdog; does nothing where it is undone already. Before, it tells the rules with their
 * counters as the tool prints them: what was dropped.
 */
export function undoScript(name: string, flow: Flow, watchdog: number): string {
  return `nft list table inet ${name} 2>/dev/null
${iptables(flow)} -w 5 -nvxL ${name} 2>/dev/null
grep -q ${name} /proc/${watchdog}/cmdline 2>/dev/null && kill -s TERM -- -${watchdog}
${undoLines(name, flow)}
:`;
}

/** A dash would end a name in nft, and iptables takes 28 characters. */
export function cutName(nonce: string): string {
  return `mqttlab_${nonce}`;
}

function nftRules(name: string, { clientPort, brokerPort }: Flow): string {
  return `table inet ${name} {
  chain in { type filter hook input priority -300; tcp sport ${brokerPort} tcp dport ${clientPort} counter drop; }
  chain out { type filter hook output priority -300; tcp sport ${clientPort} tcp dport ${brokerPort} counter drop; }
}`;
}

function iptables({ family }: Flow): string {
  return family === 6 ? 'ip6tables' : 'iptables';
}

function iptablesRules(name: string, flow: Flow): string[] {
  const { clientPort, brokerPort } = flow;
  const tool = `${iptables(flow)} -w 5`;
  return [
    `${tool} -N ${name}`,
    `${tool} -A ${name} -p tcp --sport ${brokerPort} --dport ${clientPort} -j DROP`,
    `${tool} -A ${name} -p tcp --sport ${clientPort} --dport ${brokerPort} -j DROP`,
    `${tool} -I INPUT -j ${name}`,
    `${tool} -I OUTPUT -j ${name}`,
  ];
}

function undoLines(name: string, flow: Flow): string {
  const tool = `${iptables(flow)} -w 5`;
  return [
    `nft delete table inet ${name} 2>/dev/null`,
    `command -v ${iptables(flow)} >/dev/null && ${tool} -nL ${name} >/dev/null 2>&1 && {`,
    `${tool} -D INPUT -j ${name}; ${tool} -D OUTPUT -j ${name}; ${tool} -F ${name}; ${tool} -X ${name}; } >/dev/null 2>&1`,
  ].join('\n');
}

/** The watchdog's script, quoted for the shell. */
function watchdog(name: string, flow: Flow, boundSeconds: number): string {
  return `'sleep ${boundSeconds}; ${undoLines(name, flow).replaceAll('\n', '; ').replace('{;', '{')}'`;
}
