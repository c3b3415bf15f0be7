import test from 'ava';
import type { LiveEvent, Side } from '../../live/protocol.ts';
import { hop } from '../../probes/mqtt/hop.ts';
import { button, connect, livePages, publish, rowsOf, side } from '../lab/support/live-page.ts';
import { ownLab } from '../lab/support/own-lab.ts';

const theLab = ownLab('live-actions', {}, { installed: true });
const open = livePages(theLab);

test.serial('the lab is up', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
});

/** Packets of deliveries among the events, as the page should draw them. */
function deliveries(events: readonly LiveEvent[], name: Side) {
  return events.flatMap((event) =>
    event.is === 'packet' && event.side === name && /^PUB/.test(event.packet.type) ? [event] : [],
  );
}

for (const qos of [0, 1, 2] as const) {
  test.serial(`draws a message of QoS ${qos} as it goes over both hops, packet by packet`, async (t) => {
    await using opened = await open(t);
    if (opened === undefined) return;
    const { page, view, watched } = opened;
    for (const name of ['subscriber', 'publisher'] as const) {
      await side(page, name).getByRole('radio', { name: '3.1.1' }).check({ force: true });
      await connect(page, name);
    }
    await publish(page, qos, 'hello');
    const words = await view.words(new RegExp(`^sam published status at QoS ${qos}`));
    await page.locator(`.row[data-seq="${words.seq}"]`).waitFor();
    const rows = await rowsOf(page);
    for (const name of ['publisher', 'subscriber'] as const) {
      const sent = deliveries(view.events, name);
      t.deepEqual(
        sent.map(({ packet: { direction, type, bytes } }) => ({ direction, type, bytes })),
        hop(name, { qos, topic: 'status', payloadBytes: 5 }),
      );
      for (const { seq, packet } of sent) {
        const drawn = rows.find((row) => row.seq === seq)?.text ?? '';
        t.true(drawn.includes(packet.type) && drawn.includes(`${packet.bytes} B`), drawn);
      }
    }
    t.deepEqual(watched.complaints, []);
  });
}

test.serial('draws the will of a client on the Pi whose cable was pulled, and says why it came', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  const publisher = side(page, 'publisher');
  await publisher.getByLabel('Place').selectOption('pi');
  await publisher.getByLabel('Program').selectOption('paho');
  await button(publisher, 'Keep alive 5 s').click();
  await publisher.getByLabel('last will').check();
  await connect(page, 'subscriber');
  await connect(page, 'publisher');
  await button(publisher, /^Pull the cable/).click();
  const will = await view.packet('subscriber', { type: 'PUBLISH', payload: 'offline' });
  await page.locator(`.row[data-seq="${will.seq}"]`).waitFor();
  const words = await view.words(/last will .* after the last packet/);
  await page.getByText(words.text).first().waitFor();
  await button(publisher, /^Plug the cable in/).click();
  await view.event((event) => event.is === 'tcp' && event.what === 'through', 'the cable');
  t.pass();
});

test.serial('says that the broker acknowledged and dropped what a user may not publish', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  await side(page, 'publisher').getByLabel('User').selectOption('alice');
  // over MQTT 5 the broker says no
  await side(page, 'publisher').getByRole('radio', { name: '3.1.1' }).check({ force: true });
  await side(page, 'subscriber').getByLabel('Filter', { exact: true }).fill('test');
  await connect(page, 'subscriber');
  await connect(page, 'publisher');
  await side(page, 'publisher').getByLabel('Topic', { exact: true }).fill('test');
  await publish(page, 1, 'not allowed');
  const words = await view.words(/acknowledged .* dropped/);
  await page.getByText(words.text).first().waitFor();
  t.pass();
});

test.serial('the clients of Mosquitto on the Pi publish and subscribe as they were started', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  for (const name of ['subscriber', 'publisher'] as const) {
    await side(page, name).getByLabel('Place').selectOption('pi');
    await side(page, name).getByLabel('Program').selectOption('mosquitto');
    await connect(page, name);
  }
  await side(page, 'publisher').getByLabel('Payload', { exact: true }).fill('from the Pi');
  await button(side(page, 'publisher'), 'Publish').click();
  await view.words(/so the broker sent alice a copy at QoS 1/);
  const types = deliveries(view.events, 'subscriber').map(({ packet }) => packet.type);
  t.deepEqual(types, ['PUBLISH', 'PUBACK']);
  await button(side(page, 'publisher'), /^DISCONNECT/).click();
  await view.packet('publisher', { type: 'DISCONNECT' });
});

test.serial('a restart of the broker is asked for, drawn, and ends both clients', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view, watched } = opened;
  await connect(page, 'subscriber');
  await button(page, 'Restart the broker').click();
  await button(page.getByRole('dialog'), 'Cancel').click();
  await button(page, 'Restart the broker').click();
  await button(page.getByRole('dialog'), 'Restart').click();
  await view.event((event) => event.is === 'broker' && event.what === 'running', 'the broker');
  await view.event((event) => event.is === 'state' && event.state === 'ended', 'the end of the subscriber');
  await connect(page, 'subscriber');
  t.is(view.events.filter(({ is }) => is === 'broker').length, 2);
  t.deepEqual(watched.complaints, []);
});

test.serial('a step of the checkpoint asks first, is ticked by its packets, and is saved under a name', async (t) => {
  await using opened = await open(t);
  if (opened === undefined) return;
  const { page, view } = opened;
  await button(page, /^2\.2d/).click();
  await page.getByRole('radio', { name: /QoS 0/ }).first().check();
  await button(page, /^(Lock|Send|Predict)/).click();
  await view.event((event) => event.is === 'predicted' && event.step === '2.2d', 'the prediction');
  await side(page, 'subscriber').getByRole('radio', { name: '0', exact: true }).first().check({ force: true });
  await connect(page, 'subscriber');
  await connect(page, 'publisher');
  await publish(page, 2, 'above');
  await view.event((event) => event.is === 'proved' && event.step === '2.2d', 'the proof of 2.2d');
  await button(page, /^✓ 2\.2d/).waitFor();
  await button(page, /^Save/).click();
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await button(page.getByRole('dialog'), 'Save').click();
  const saved = await view.event((event) => event.is === 'saved', 'the files');
  if (saved.is !== 'saved') return t.fail();
  for (const file of [saved.html, saved.json]) {
    const checked = await theLab().run(['check-answers', file]);
    t.is(checked.code, 1, checked.all);
    t.regex(checked.stdout, /2\.2d/);
    t.notRegex(checked.stdout, /contradicts itself/);
  }
});
