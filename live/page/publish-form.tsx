import { useState } from 'preact/hooks';
import { topicMistake } from '../../base/topic.ts';
import type { Settings, Setup } from '../protocol.ts';
import { Control, Mistake, NumberField, QosField, Text, Tick } from './fields.tsx';
import { plainTopics } from './settings.ts';
import { store, usePart } from './store.ts';

const MOST_PER_SECOND = 200;

type Form = NonNullable<Settings['will']> & { readonly rate: number };

/** Kept while the publisher reconnects. */
let kept: Form | undefined;

type PublishFormProps = {
  readonly setup: Setup;
  /** What the publisher cannot change while it is connected. */
  readonly fixed: Settings['message'];
};

export function PublishForm({ setup, fixed }: PublishFormProps) {
  const perSecond = usePart((state) => state.perSecond);
  const topics = plainTopics(setup);
  const topic = topics[0] ?? 'test';
  const [form, setForm] = useState<Form>(() => kept ?? { topic, payload: 'on', qos: 1, retain: false, rate: 10 });
  const change = (one: Partial<Form>) => {
    const next = { ...form, ...one };
    kept = next;
    setForm(next);
  };
  const { rate, ...free } = form;
  const message = { ...free, ...fixed };
  const mistake = topicMistake(message.topic);
  const why = mistake && `the topic ${mistake}`;
  const repeats = perSecond > 0;
  return (
    <div class="group">
      <div class="pair">
        {fixed === undefined ? (
          <Text label="Topic" value={form.topic} suggestions={topics} onChange={(value) => change({ topic: value })} />
        ) : null}
        <Text label="Payload" value={form.payload} onChange={(payload) => change({ payload })} />
        {fixed === undefined ? (
          <>
            <QosField value={form.qos} onChange={(qos) => change({ qos })} />
            <Tick label="retain" value={form.retain} onChange={(retain) => change({ retain })} />
          </>
        ) : null}
      </div>
      {fixed === undefined ? null : (
        <p class="about">
          To <b>{fixed.topic}</b> at QoS {fixed.qos}
          {fixed.retain ? ', retained' : ''}: mosquitto_pub keeps what it was started with.
        </p>
      )}
      <Mistake why={why} />
      <Control look="main" why={why} onClick={() => store.send({ do: 'publish', ...message })}>
        Publish
      </Control>
      <div class="rate">
        <NumberField
          label="Messages a second"
          value={rate}
          least={1}
          most={MOST_PER_SECOND}
          onChange={(value) => change({ rate: value })}
        />
        <Control
          why={why ?? (repeats && 'it repeats already: stop first')}
          onClick={() => store.send({ do: 'publish', ...message, perSecond: rate })}
        >
          Repeat
        </Control>
        <Control why={!repeats && 'nothing repeats'} onClick={() => store.send({ do: 'stop' })}>
          Stop
        </Control>
      </div>
      {repeats ? <p class="about">Publishes {perSecond} a second.</p> : null}
    </div>
  );
}
