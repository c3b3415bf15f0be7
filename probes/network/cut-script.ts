import { shellScript } from '../../base/shell-script.ts';
import type { Flow } from './flow.ts';

/**
 * Drops every segment of the flow, both ways, under a name of its own; prints `WATCHDOG pid` and `CUT tool`, or
 * `NO TOOL`. A watchdog undoes it after `boundSeconds`, also when this process is gone by then.
 */
export function cutScript(name: string, flow: Flow, boundSeconds: number): string {
  return shellScript('cut.sh', import.meta.url, {
    name,
    iptables: iptables(flow),
    client_port: flow.clientPort,
    broker_port: flow.brokerPort,
    bound_seconds: boundSeconds,
    undo: undo(name, flow),
  });
}

/** The same, for a script that keeps its input: undoes the cut, as `undoScript`, when the input ends, and at a signal. */
export function heldCutScript(name: string, flow: Flow, boundSeconds: number): string {
  return `trap : TERM HUP INT PIPE\n${cutScript(name, flow, boundSeconds)}\ncat >/dev/null\n${undoScript(name, flow, '$!')}`;
}

/**
 * Undoes a cut and ends its watchdog. First prints the rules, whose counters show what was dropped.
 * @param watchdog its process; `$!` in the script that made it
 */
export function undoScript(name: string, flow: Flow, watchdog: number | '$!'): string {
  return `nft list table inet ${name} 2>/dev/null
${iptables(flow)} -w 5 -nvxL ${name} 2>/dev/null
grep -q ${name} /proc/${watchdog}/cmdline 2>/dev/null && kill -s TERM -- -${watchdog}
${undo(name, flow)}`;
}

/** A dash would end a name in nft, and iptables takes 28 characters. */
export function cutName(nonce: string): string {
  return `mqttlab_${nonce}`;
}

function undo(name: string, flow: Flow): string {
  return shellScript('undo-cut.sh', import.meta.url, { name, iptables: iptables(flow) });
}

function iptables({ family }: Flow): string {
  return family === 6 ? 'ip6tables' : 'iptables';
}
