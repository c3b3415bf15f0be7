import test from 'ava';
import { attemptsOnHost, parseOutcomes } from '../../../../probes/tls/attempts-on-host.ts';
import { openHost } from '../../../../provisioning/hosts/open.ts';
import { tryAll } from './_attempts.ts';

test('Python shows what comes of each attempt, each version of TLS alone too', async (t) => {
  await using host = await openHost('pi', { kind: 'local' });
  await tryAll(t, (attempts) => attemptsOnHost(host, attempts, { boundMs: 30_000 }));
});

test('reads the outcomes in their order and ignores other lines', (t) => {
  const lines = [
    'a greeting',
    '{"isConnected": true, "answers": [], "end": {"kind": "alert", "text": "TLSV1_ALERT_PROTOCOL_VERSION"}}',
    '{"isConnected": false, "answers": [], "end": {"kind": "silent"}}',
  ];
  t.deepEqual(parseOutcomes(lines.join('\n')), [
    { isConnected: true, answers: [], end: { kind: 'alert', text: 'protocol version' } },
    { isConnected: false, answers: [], end: { kind: 'silent' } },
  ]);
});
