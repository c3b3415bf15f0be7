import { useState } from 'preact/hooks';
import { filterMistake } from '../../base/topic.ts';
import type { Program, Setup } from '../protocol.ts';
import { Control, Mistake, QosField, Text } from './fields.tsx';
import { store } from './store.ts';

type SubscribeFormProps = { readonly setup: Setup; readonly program: Program | undefined };

/** Further subscriptions of the subscriber, where its program takes them. */
export function SubscribeForm({ setup, program }: SubscribeFormProps) {
  const [filter, setFilter] = useState(setup.topics[0] ?? '#');
  const [qos, setQos] = useState<0 | 1 | 2>(1);
  if (program === 'mosquitto') return <p class="about">mosquitto_sub keeps the filter it was started with.</p>;
  const mistake = filterMistake(filter);
  const why = mistake && `the filter ${mistake}`;
  return (
    <div class="group">
      <div class="pair">
        <Text label="Filter" value={filter} suggestions={setup.topics} onChange={setFilter} />
        <QosField value={qos} onChange={setQos} />
      </div>
      <Mistake why={why} />
      <Control look="main" why={why} onClick={() => store.send({ do: 'subscribe', filter, qos })}>
        Subscribe
      </Control>
    </div>
  );
}
