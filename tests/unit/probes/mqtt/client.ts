import test from 'ava';
import { openClient } from '../../../../probes/mqtt/client.ts';
import type { ClientOptions } from '../../../../probes/mqtt/client-options.ts';
import { authority } from '../../_authority.ts';
import { accept, bytes } from '../../_fake-broker.ts';
import { listener } from '../../_listener.ts';

const { signal } = new AbortController();
const options: Omit<ClientOptions, 'address' | 'port'> = {
  ...{ brokerKind: 'lab', isAllowed: true, version: 4, user: 'sam', password: 'sam', clientId: 'sam-1' },
  ...{ clean: true, keepAlive: 60 },
};

for (const protocol of ['mqtt', 'websockets'] as const) {
  test(`publishes over TLS: ${protocol}`, async (t) => {
    const lab = await authority();
    const server = await lab.issue([{ type: 'ip', value: '127.0.0.1' }]);
    const seen: string[] = [];
    const at = await listener(t, {
      ...{ protocol, tls: { cert: server.chain, key: server.key.reveal() } },
      answer(packet, stream) {
        seen.push(packet.cmd);
        accept(packet, stream);
        if (packet.cmd === 'publish')
          stream.write(bytes(`40 02 ${(packet.messageId ?? 0).toString(16).padStart(4, '0')}`));
      },
    });
    {
      await using client = await openClient({ ...options, ...at, protocol, tls: { ca: lab.ca } }, {}, signal);
      await client.publish('status', Buffer.from('x'), { qos: 1, retain: false });
    }
    t.deepEqual(seen.slice(0, 2), ['connect', 'publish']);
    const { ca } = await authority();
    await t.throwsAsync(openClient({ ...options, ...at, protocol, tls: { ca } }, {}, signal), {
      message: /not from the expected CA/,
    });
  });
}
