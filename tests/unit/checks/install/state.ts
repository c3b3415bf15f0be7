import test from 'ava';
import { openTestLab } from '../../../../checks/harness/test-lab.ts';
import { installState } from '../../../../checks/install/state.ts';
import { labOf } from '../../_lab.ts';
import { liveBrokerAt, livePiAt } from '../../_live.ts';

const AT = { address: '127.0.0.1', port: 1883 };

function idsOf(listeners: string) {
  const users = 'sam: { password: sam, certificate: true }';
  const lab = labOf(`name: l\nbroker: { host: local, listeners: ${listeners} }\nusers: { ${users} }\n`);
  const live = { lab, broker: liveBrokerAt(AT, { host: { kind: 'local' } }), pis: [livePiAt('pi', AT)] };
  return installState(openTestLab(live, new AbortController().signal)).map(({ id }) => id);
}

test('the files of TLS have checks only where a listener has it', (t) => {
  const plain = ['install.listeners', 'install.users', 'install.rights', 'install.clients-only.pi'];
  t.deepEqual(idsOf('[{ port: 1883 }]').sort(), plain.toSorted());
  const secure = [...plain, 'install.tls-files', 'install.client-keys.pi'];
  t.deepEqual(idsOf('[{ port: 8883, tls: {} }]').sort(), secure.sort());
});
