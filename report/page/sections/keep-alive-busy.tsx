import { Table } from '../../../base/html/table.tsx';
import { ACTIVITIES } from '../../../records/measured/traffic.ts';
import type { Measured } from '../../../records/measurements.ts';
import { busyConclusion } from '../analysis/keep-alive-busy.ts';
import { whole } from '../format.ts';
import { groupsOf } from '../groups.ts';
import { CheckLink } from '../parts/check-link.tsx';
import { ConclusionText } from '../parts/conclusion.tsx';
import { Text } from '../parts/text.tsx';

type One = Measured<'traffic'>;

/** PINGREQ by client and activity, all with one keep alive. */
export function BusyClients({ measured }: { readonly measured: readonly One[] }) {
  const keepAlive = measured.find(({ observed }) => observed.activity !== 'idle')?.observed.keepAlive;
  const clients = groupsOf(
    measured.filter(({ observed }) => observed.keepAlive === keepAlive),
    ({ record, subject }) => `${subject.client} ${record.host}`,
  );
  const rows = clients.filter((own) => own.some(({ observed }) => observed.activity !== 'idle'));
  return (
    <>
      <h3>Busy clients</h3>
      <p>
        Each client sends or receives a message a second, with a keep alive of {keepAlive} s. The table shows how many
        PINGREQ it sends meanwhile, and its bytes in all.
      </p>
      <Table
        caption="PINGREQ by client and activity"
        columns={['client', ...ACTIVITIES.map((title) => ({ title, align: 'right' as const }))]}
        rows={rows.map((own) => [
          <>
            <Text>{nameOf(own)}</Text> on <Text>{own[0].record.host ?? 'this machine'}</Text>
          </>,
          ...ACTIVITIES.map((activity) => (
            <BusyCell one={own.find(({ observed }) => observed.activity === activity)} />
          )),
        ])}
      />
      {rows.map((own) => {
        const busy = own.map(({ observed }) => observed).filter(({ activity }) => activity !== 'idle');
        return <ConclusionText conclusion={busyConclusion(busy.map((one) => ({ ...one, client: nameOf(own) })))} />;
      })}
    </>
  );
}

/** mosquitto_pub and mosquitto_sub share one library. */
function nameOf([{ observed }]: readonly [One, ...One[]]): string {
  return observed.client.replace(/^mosquitto_(pub|sub)/, 'mosquitto clients');
}

function BusyCell({ one }: { readonly one: One | undefined }) {
  if (one === undefined) return <>–</>;
  const { pings, durationMs, samples } = one.observed;
  const last = samples.at(-1);
  const bytes =
    last?.ipBytes === undefined ? `${whole(last?.mqttBytes ?? 0)} B of MQTT` : `${whole(last.ipBytes)} B of IP`;
  return (
    <>
      <CheckLink id={one.record.id} words={`${pings} PINGREQ`} />
      <br />
      <span class="small">
        in {(durationMs / 1000).toFixed(0)} s, {bytes}
      </span>
    </>
  );
}
