import type { LivePi } from '../../deployment/live-lab.ts';
import { noBrokerQuery } from '../../pi/pi-host.ts';
import { now } from '../../probes/mqtt/packet.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { gatherFacts } from '../../provisioning/resources/facts.ts';
import type { Check, Finding, NamedCheck } from '../harness/check.ts';
import { onEachPi } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';

const BOUND_MS = 60_000;
/** A larger offset makes the Pi's times incomparable with those of the records. */
const MOST_OFFSET_MS = 2_000;

export function piState(testLab: TestLab): Check[] {
  const clients = { id: 'install.clients-only', claim: 'the Pi has MQTT clients and no broker' } as const;
  const time = { id: 'install.clock', claim: "the Pi's clock agrees with this machine's" } as const;
  return [
    ...onEachPi(testLab, clients, (pi, named) => clientsOnly(testLab, pi, named)),
    ...onEachPi(testLab, time, (pi, named) => clock(testLab, pi, named)),
  ];
}

function clientsOnly(testLab: TestLab, { name, host: where }: LivePi, named: NamedCheck): Check {
  const query = noBrokerQuery(testLab.lab);
  return {
    ...named,
    expected: [],
    boundMs: BOUND_MS,
    async run() {
      const host = await testLab.host(name, where);
      const facts = await gatherFacts(host, [query], testLab.stopped, { root: false });
      const observed = facts
        .get(query)
        .output.split('\n')
        .filter((line) => line !== '');
      if (observed.length === 0) return { verdict: 'pass', observed };
      const reason = `the Pi has a broker: ${observed.join(', ')}`;
      return { verdict: 'fail', observed, reason, advice: `remove the broker from ${name}` };
    },
  };
}

function clock(testLab: TestLab, { name, host: where }: LivePi, named: NamedCheck): Check {
  return {
    ...named,
    expected: { offsetMs: 0 },
    boundMs: BOUND_MS,
    async run() {
      const host = await testLab.host(name, where);
      const from = now();
      const command = { step: 'read the clock', script: 'date +%s.%N', timeoutMs: BOUND_MS, signal: testLab.stopped };
      const { stdout } = await run(host, command);
      const judged = judgeClock({ from, remote: Number(stdout) * 1000, to: now() });
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
