import { useState } from 'preact/hooks';
import type { Setup, Side } from '../protocol.ts';
import { Choice, Control, Mistake, NumberField, QosField, Select, Text, Tick } from './fields.tsx';
import {
  changed,
  type Form,
  firstForm,
  formOf,
  hasFixedMessages,
  isSplit,
  keepAliveRange,
  listenersFor,
  mustSubscribe,
  objection,
  plainTopics,
  settingsOf,
} from './settings.ts';
import type { Connection } from './state.ts';
import { store, usePart } from './store.ts';

type FormProps = {
  readonly form: Form;
  readonly setup: Setup;
  readonly change: (change: Partial<Form>) => void;
};
type ConnectFormProps = { readonly side: Side; readonly setup: Setup; readonly connection: Connection };

const QUICK_KEEP_ALIVES = [5, 25, 60];

/** How a side connects. It folds while the side is connected; what changes then holds for the next connection. */
export function ConnectForm({ side, setup, connection }: ConnectFormProps) {
  const [edited, setEdited] = useState<Form | undefined>();
  const { settings } = connection;
  // a page that was loaded again begins with the connection that it finds
  const form = edited ?? (settings === undefined ? firstForm(side, setup) : formOf(side, setup, settings));
  const change = (one: Partial<Form>) => setEdited(changed(form, one, setup));
  const isAsked = usePart((state) => state.asked.includes(`connect ${side}`));
  const isBusy = connection.state === 'connected' || connection.state === 'connecting';
  const fields = (
    <>
      <Client form={form} setup={setup} change={change} />
      {side === 'subscriber' ? <Subscription form={form} setup={setup} change={change} /> : null}
      {hasFixedMessages(form) ? <Messages form={form} setup={setup} change={change} /> : null}
      <LastWill form={form} setup={setup} change={change} />
    </>
  );
  if (isBusy) {
    return (
      <details class="folded">
        <summary>Settings of the next connection</summary>
        {fields}
      </details>
    );
  }
  const why = objection(form);
  const send = () => store.ask({ do: 'connect', side, settings: settingsOf(form) });
  return (
    <div class="group">
      {fields}
      <Mistake why={why} />
      <Control look="main" onClick={send} why={isAsked ? 'it is connecting already' : why}>
        Connect
      </Control>
    </div>
  );
}

function Client({ form, setup, change }: FormProps) {
  const place = setup.places.find(({ name }) => name === form.place);
  const listeners = listenersFor(form.user, setup);
  return (
    <>
      <div class="pair">
        <Select
          label="User"
          value={form.user}
          options={setup.users.map((user) => [user, user])}
          onChange={(user) => change({ user })}
        />
        <Select
          label="Place"
          value={form.place}
          options={setup.places.map(({ name }) => [name, name === '' ? 'this machine' : name])}
          onChange={(name) => change({ place: name })}
        />
        <Select
          label="Program"
          value={form.program}
          options={(place?.programs ?? []).map((program) => [program, program])}
          onChange={(program) => change({ program })}
        />
        <Select
          label="Listener"
          value={form.listener}
          options={listeners.map(({ port, label }) => [port, label])}
          onChange={(listener) => change({ listener })}
        />
      </div>
      {isSplit(form) ? (
        <p class="about">mqtt.js itself runs on this machine; its TCP connection is on {form.place}.</p>
      ) : null}
      <div class="pair">
        <Choice
          label="MQTT"
          value={form.version}
          options={[
            [4, '3.1.1'],
            [5, '5'],
          ]}
          onChange={(version) => change({ version })}
        />
        <Tick
          label={form.version === 5 ? 'clean start' : 'clean session'}
          value={form.clean}
          onChange={(clean) => change({ clean })}
        />
      </div>
      <KeepAlive form={form} setup={setup} change={change} />
    </>
  );
}

function KeepAlive({ form, setup, change }: FormProps) {
  const { least, most } = keepAliveRange(form, setup);
  return (
    <>
      <div class="keep-alive">
        <NumberField
          label="Keep alive in s"
          value={form.keepAlive}
          least={least}
          most={most}
          onChange={(keepAlive) => change({ keepAlive })}
        />
        {QUICK_KEEP_ALIVES.filter((seconds) => seconds <= most).map((seconds) => (
          <button
            key={seconds}
            type="button"
            class="quick"
            aria-pressed={form.keepAlive === seconds}
            aria-label={`Keep alive ${seconds} s`}
            onClick={() => change({ keepAlive: seconds })}
          >
            {seconds}
          </button>
        ))}
      </div>
      <p class="about">
        {least} to {most} s
        {setup.longestKeepAlive === undefined ? '' : '; the lab file sets the longest (broker.maxKeepAlive)'}
      </p>
    </>
  );
}

function Subscription({ form, setup, change }: FormProps) {
  const { subscription, subscribes } = form;
  return (
    <div class="part">
      {mustSubscribe(form) ? null : (
        <Tick label="subscribe at once" value={subscribes} onChange={(value) => change({ subscribes: value })} />
      )}
      {subscribes ? (
        <div class="pair">
          <Text
            label="Filter"
            value={subscription.filter}
            suggestions={setup.topics}
            onChange={(filter) => change({ subscription: { ...subscription, filter } })}
          />
          <QosField value={subscription.qos} onChange={(qos) => change({ subscription: { ...subscription, qos } })} />
        </div>
      ) : null}
    </div>
  );
}

/** mosquitto_pub takes them when it starts. */
function Messages({ form: { message }, setup, change }: FormProps) {
  const set = (one: Partial<Form['message']>) => change({ message: { ...message, ...one } });
  return (
    <div class="part">
      <div class="pair">
        <Text
          label="Topic of messages"
          value={message.topic}
          suggestions={plainTopics(setup)}
          onChange={(topic) => set({ topic })}
        />
        <QosField value={message.qos} onChange={(qos) => set({ qos })} />
        <Tick label="retain" value={message.retain} onChange={(retain) => set({ retain })} />
      </div>
    </div>
  );
}

function LastWill({ form, setup, change }: FormProps) {
  const { will, hasWill } = form;
  const set = (one: Partial<Form['will']>) => change({ will: { ...will, ...one } });
  return (
    <div class="part">
      <Tick label="last will" value={hasWill} onChange={(value) => change({ hasWill: value })} />
      {hasWill ? (
        <div class="pair">
          <Text
            label="Will topic"
            value={will.topic}
            suggestions={plainTopics(setup)}
            onChange={(topic) => set({ topic })}
          />
          <Text label="Will payload" value={will.payload} onChange={(payload) => set({ payload })} />
          <QosField value={will.qos} onChange={(qos) => set({ qos })} />
          <Tick label="retain" value={will.retain} onChange={(retain) => set({ retain })} />
        </div>
      ) : null}
    </div>
  );
}
