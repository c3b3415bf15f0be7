import process from 'node:process';
import { createInterface } from 'node:readline';
import { InputError } from '../base/errors.ts';
import { topicMistake } from '../base/topic.ts';
import { writes } from '../lab-file/may.ts';
import { type Client, openClient } from '../probes/mqtt/client.ts';
import type { LabCommand } from './command.ts';
import { clientSettings, endpointOf, type MqttOptions, mqttCommand, printEvents } from './mqtt-options.ts';

type Options = MqttOptions & { retain?: true };

/** `./lab publish`: the checkpoint's publisher. */
export function publish(): LabCommand {
  const command = mqttCommand('publish', 'Publish to a topic as a user of the lab file.')
    .argument('<topic>', 'topic to publish to')
    .argument('[message]', 'the message (default: each line of standard input is a message)')
    .option('--retain', 'retain the message: the broker sends it to later subscribers');
  return {
    command,
    async run(context) {
      const [name = '', message] = command.processedArgs;
      const topic = String(name);
      const options = command.opts<Options>();
      const lab = context.lab();
      const mistake = topicMistake(topic);
      if (mistake !== undefined) throw new InputError([`topic ${topic || "''"} ${mistake}`]);
      const settings = clientSettings(lab, 'publish', topic, options);
      const isAllowed = writes(lab, settings.user, topic, settings.clientId);
      if (!isAllowed) {
        console.error(
          `the lab file does not let ${settings.user} publish to ${topic}: Mosquitto acknowledges the message and drops it`,
        );
      }
      const broker = await context.broker();
      const brokerKind = broker.host === undefined ? 'external' : 'lab';
      const endpoint = endpointOf({ lab, broker }, settings.user, options);
      const connection = { ...settings, ...endpoint, brokerKind, isAllowed } as const;
      await using client = await openClient(connection, printEvents(options), context.signal);
      const send = (text: string) =>
        client.publish(topic, Buffer.from(text), { qos: options.qos, retain: options.retain === true });
      if (typeof message === 'string') await send(message);
      else await publishLines(send, client, context.signal);
      return 0;
    },
  };
}

/** Publishes each line of standard input, until its end or Ctrl-C. */
async function publishLines(send: (text: string) => Promise<void>, client: Client, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, signal });
  client.failed.catch(() => lines.close());
  try {
    for await (const text of lines) {
      if (signal.aborted) return;
      await send(text);
    }
    // rejects where a failure closed the input
    if (!signal.aborted) await Promise.race([client.failed, Promise.resolve()]);
  } finally {
    lines.close();
    // an open pipe or terminal would keep the process running
    process.stdin.destroy();
  }
}
