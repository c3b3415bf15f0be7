import test from 'ava';
import { cutScript, heldCutScript, undoScript } from '../../../../probes/network/cut-script.ts';
import { programsFor, sh, syntaxError } from '../../_sh.ts';

const flow = { family: 4, clientPort: 40_000, brokerPort: 1883 } as const;

const SCRIPTS = {
  cut: cutScript('mqttlab_a', flow, 30),
  'cut of IPv6': cutScript('mqttlab_a', { ...flow, family: 6 }, 30),
  undo: undoScript('mqttlab_a', flow, 99),
  'cut that is held': heldCutScript('mqttlab_a', flow, 30),
};

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`makes a valid shell script: ${name}`, (t) => t.is(syntaxError(script), ''));
}

/** [nft's and iptables' exit code; what the cut prints] */
const tools: readonly (readonly [nft: number, iptables: number, printed: RegExp])[] = [
  [0, 1, /^WATCHDOG \d+\nCUT nft\n$/],
  [1, 0, /^WATCHDOG \d+\nCUT iptables\n$/],
  [1, 1, /^NO TOOL\n$/],
];

for (const [nft, iptables, printed] of tools) {
  test(`cuts where nft ends with ${nft} and iptables with ${iptables}`, (t) => {
    const log = 'echo "$0 $*" >>"$TMPDIR/log"; cat >>"$TMPDIR/log"';
    const path = programsFor(t, {
      nft: `[ "$1" != -f ] || ${log}; exit ${nft}`,
      iptables: `${log} </dev/null; exit ${iptables}`,
      setsid: 'exec true',
    });
    const { stdout } = sh(`TMPDIR=${path}; export TMPDIR; ${SCRIPTS.cut}`, { path });
    t.regex(stdout, printed);
    const rules = sh(`cat ${path}/log`).stdout;
    t.regex(rules, /tcp sport 1883 tcp dport 40000 counter drop[\s\S]*tcp sport 40000 tcp dport 1883 counter drop/);
    if (iptables === 0) t.regex(rules, /--sport 1883 --dport 40000 -j DROP[\s\S]*--sport 40000 --dport 1883 -j DROP/);
  });
}

test('undoes a cut by its watchdog', (t) => {
  const path = programsFor(t, {
    nft: `[ "$1" != delete ] || echo "$*" >>"$TMPDIR/log"`,
    iptables: 'exit 1',
    setsid: 'exec "$@"',
  });
  sh(`TMPDIR=${path}; export TMPDIR; ${cutScript('mqttlab_a', flow, 0)}; wait`, { path });
  t.is(sh(`cat ${path}/log`).stdout, 'delete table inet mqttlab_a\n');
});
