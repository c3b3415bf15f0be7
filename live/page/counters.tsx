import { median } from '../median.ts';
import type { Side } from '../protocol.ts';
import { useSlowPart } from './store.ts';
import { bytesText, latencyText, msText } from './text.ts';

/** What a side has counted since its last CONNECT. */
export function Counters({ side }: { readonly side: Side }) {
  const counters = useSlowPart((state) => state.counters[side]);
  if (counters === undefined) return null;
  const { packets, mqttBytes, ip } = counters;
  return (
    <dl class="counters">
      <dt>Packets</dt>
      <dd>{packets}</dd>
      <dt>MQTT</dt>
      <dd>{bytesText(mqttBytes)}</dd>
      <dt>IP</dt>
      <dd>{ip === undefined ? 'not counted on this host' : `${bytesText(ip.bytes)} in ${ip.segments} segments`}</dd>
      {side === 'subscriber' ? <Latency /> : null}
    </dl>
  );
}

function Latency() {
  const latencies = useSlowPart((state) => state.latencies);
  const last = latencies.at(-1);
  const middle = median(latencies.map(({ ms }) => ms));
  if (last === undefined || middle === undefined) return null;
  return (
    <>
      <dt>Latency</dt>
      <dd>
        {latencyText(last)}, median {msText(middle)}
      </dd>
    </>
  );
}
