import process from 'node:process';
import { createInterface } from 'node:readline';
import { type Client, openClient } from '../probes/client.ts';
import { writes } from '../provisioning/lab-file/may.ts';
import type { LabCommand } from './lab.ts';
import { clientWish, type MqttOptions, mqttCommand, tellEvents } from './mqtt-options.ts';

type Options = MqttOptions & { retain?: true };

/** `./lab publish`: the checkpoint's publisher. */
export function publish(): LabCommand {
  const command = mqttCommand('publish', 'Publish to a topic as a user of the lab file.')
    .argument('<topic>', 'topic to publish to')
    .argument('[message]', 'the message; without it each line of standard input is one, and the client stays connected')
    .option('--retain', 'have the broker keep the message for whoever subscribes later');
  return {
    command,
    async run(context) {
      const [topic = '', message] = command.processedArgs;
      const options = command.opts<Options>();
      const live = await context.live();
      const wish = clientWish(live, 'publish', String(topic), options);
      if (!writes(live.lab, wish.user, String(topic))) {
        console.error(
          `the lab file does not let ${wish.user} publish to ${topic}: Mosquitto acknowledges it all the same, and drops it`,
        );
      }
      await using client = await openClient(wish, tellEvents(options), context.signal);
      const send = (text: string) =>
        client.publish(String(topic), Buffer.from(text), { qos: options.qos, retain: options.retain === true });
      if (typeof message === 'string') await send(message);
      else await publishLines(send, client, context.signal);
      return 0;
    },
  };
}

/** Each line of standard input, in order, until its end or Ctrl-C. */
async function publishLines(send: (text: string) => Promise<void>, client: Client, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, signal });
  const stop = () => lines.close();
  client.failed.catch(stop);
  try {
    for await (const text of lines) {
      if (signal.aborted) return;
      await send(text);
    }
    // rejects where it was a failure that closed the input
    await Promise.race([client.failed, Promise.resolve()]);
  } finally {
    lines.close();
    process.stdin.unref();
  }
}
