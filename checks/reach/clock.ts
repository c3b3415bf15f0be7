import type { LivePi } from '../../deployment/live-lab.ts';
import { now } from '../../probes/mqtt/packet.ts';
import { run } from '../../provisioning/hosts/host.ts';
import type { Check, Finding, NamedCheck } from '../harness/check.ts';
import { onEachPi } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';

const BOUND_MS = 60_000;
/** A larger offset makes the Pi's times incomparable with those of the records. */
const MOST_OFFSET_MS = 2_000;

export function clock(testLab: TestLab): Check[] {
  const time = { id: 'reach.clock', claim: "the Pi's clock agrees with this machine's" } as const;
  return onEachPi(testLab, time, (pi, named) => clockOf(testLab, pi, named));
}

function clockOf(testLab: TestLab, { name, host: where }: LivePi, named: NamedCheck): Check {
  return {
    ...named,
    expected: { offsetMs: 0 },
    boundMs: BOUND_MS,
    needs: [{ host: name, of: 'commands' }],
    async run() {
      const host = await testLab.host(name, where);
      const from = now();
      const command = { step: 'read the clock', script: 'date +%s.%N', timeoutMs: BOUND_MS, signal: testLab.stopped };
      const { stdout } = await run(host, command);
      const judged = judgeClock({ from, remote: stdout.trim() === '' ? Number.NaN : Number(stdout) * 1000, to: now() });
      if (judged.verdict === 'pass') return judged;
      return { ...judged, advice: `sudo timedatectl set-ntp true on ${name}` };
    },
  };
}

/** The time of a remote clock, between two times of this machine's, in milliseconds since 1970. */
export type ClockReading = { readonly from: number; readonly remote: number; readonly to: number };

/** Judges a clock that was read over a network: its offset is known to half the round trip. */
export function judgeClock({ from, remote, to }: ClockReading): Finding {
  const uncertaintyMs = Math.ceil((to - from) / 2);
  const offsetMs = Math.round(remote - (from + to) / 2);
  if (Number.isNaN(offsetMs)) return { verdict: 'fail', observed: null, reason: 'the host gave no time' };
  const observed = { offsetMs, uncertaintyMs };
  if (Math.abs(offsetMs) <= MOST_OFFSET_MS + uncertaintyMs) return { verdict: 'pass', observed };
  const seconds = (Math.abs(offsetMs) / 1000).toFixed(1);
  const reason = `the clock is ${seconds} s ${offsetMs > 0 ? 'ahead' : 'behind'} (± ${uncertaintyMs} ms)`;
  return { verdict: 'fail', observed, reason };
}
