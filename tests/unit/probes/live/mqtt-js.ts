import test from 'ava';
import { startMqttJs } from '../../../../probes/live/mqtt-js.ts';
import type { RecorderCommand } from '../../../../probes/live/recorder-lines.ts';
import { cutFrames } from '../../../../probes/mqtt/wire.ts';
import { until } from '../../../lab/support/until.ts';
import { bytes } from '../../_fake-broker.ts';
import { login } from './_client.ts';

const BOUND_MS = 20_000;

test('mqtt.js gives its recorder each packet whole', async (t) => {
  const sent: RecorderCommand[] = [];
  const recorder = { send: (command: RecorderCommand) => void sent.push(command) };
  const program = startMqttJs(
    { ...login, program: 'mqtt.js', endpoint: { address: '127.0.0.1', port: 1 } },
    recorder,
    t.fail,
  );
  t.teardown(program.onEnd);
  await until('CONNECT', BOUND_MS, () => sent[0]);
  program.receive(bytes('20 02 00 00'));
  program.publish({ topic: 'status', payload: Buffer.from('on'), qos: 1, retain: false });
  const last = () => sent.findLast((command) => command.do === 'send');
  await until('PUBLISH', BOUND_MS, () => last()?.hex.endsWith('6f6e') || undefined);
  for (const command of sent) {
    const { frames, rest } = cutFrames(Buffer.from(command.do === 'send' ? command.hex : '', 'hex'));
    t.deepEqual([frames.length, rest.length], [1, 0]);
  }
});

test('mqtt.js says that no PINGRESP came', async (t) => {
  const failures: string[] = [];
  const program = startMqttJs(
    { ...login, keepAlive: 1, program: 'mqtt.js', endpoint: { address: '127.0.0.1', port: 1 } },
    { send: () => undefined },
    (text) => failures.push(text),
  );
  t.teardown(program.onEnd);
  program.receive(bytes('20 02 00 00'));
  const failure = await until('a failure', BOUND_MS, () => failures[0]);
  t.is(failure, 'mqtt.js got no PINGRESP in time and closed the connection');
});
