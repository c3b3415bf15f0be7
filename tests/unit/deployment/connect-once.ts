import test from 'ava';
import { type ConnectAnswer, connectOnce } from '../../../deployment/connect-once.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { liveBrokerAt } from '../_live.ts';
import { sayer } from './_sayer.ts';

const lab = labOf(TWO_USERS);
const at = (port: number) => ({ lab, broker: liveBrokerAt({ address: '127.0.0.1', port }) });

/** [what the broker sends; the answer] */
const rows: Readonly<Record<string, readonly [hex: string, ConnectAnswer]>> = {
  'a CONNACK with code 0': ['20020000', { kind: 'accepted' }],
  'a CONNACK with code 5': ['20020005', { kind: 'refused', text: 'CONNACK with return code 5 (not authorised)' }],
  'another packet': [
    'd000',
    { kind: 'silent', text: 'PINGRESP in place of CONNACK', isConnected: true, isLate: false },
  ],
  'no packet': ['', { kind: 'silent', text: 'connected, but no CONNACK', isConnected: true, isLate: true }],
};

for (const [name, [hex, answer]] of Object.entries(rows)) {
  test(`finds a broker that sends ${name}: ${answer.kind}`, async (t) => {
    await using broker = await sayer(hex);
    t.deepEqual(await connectOnce(at(broker.port), hex === '' ? 300 : 10_000), answer);
  });
}

test('reports a port without a broker', async (t) => {
  const answer = await connectOnce(at(1));
  t.regex(answer.kind === 'silent' ? answer.text : '', /ECONNREFUSED/);
});
