import { openTestLab, type TestLab } from '../../../../checks/harness/test-lab.ts';
import type { Lab } from '../../../../lab-file/lab.ts';
import { labOf } from '../../_lab.ts';
import { liveBrokerAt, livePiAt } from '../../_live.ts';

const ADDRESS = '127.0.0.1';

/** The lab of the documentation: a listener of each kind, and users with and without certificates. */
export const LISTENERS = `
    - { port: 1883 }
    - { port: 1884, bind: loopback }
    - { port: 8883, tls: {} }
    - { port: 8884, tls: { clients: required } }
    - { port: 8885, tls: { clients: required, identity: common-name } }
    - { port: 9001, protocol: websockets, tls: {} }`;

export function labWith(listeners: string): Lab {
  const users =
    'sam: { password: sam, certificate: true }, alice: { password: alice }, lock: { password: lock, certificate: true }';
  const topics = 'status: { publish: [sam, lock], subscribe: [alice], lastWill: [sam] }';
  return labOf(
    `name: l\nbroker:\n  host: local\n  listeners: ${listeners}\nusers: { ${users} }\ntopics: { ${topics} }\n`,
  );
}

/** A live lab with these listeners and one Pi; nothing is connected to. */
export function testLabOf(lab: Lab, brokerKind: 'lab' | 'external' = 'lab'): TestLab {
  const listeners = lab.broker.listeners.map((one) => ({ ...one, address: ADDRESS, reachedPort: one.port }));
  const at = { address: ADDRESS, port: lab.broker.port };
  const broker = liveBrokerAt(at, brokerKind === 'external' ? {} : { host: { kind: 'local' } });
  const pi = livePiAt('hall.1', { ...at, address: '198.18.0.1' });
  const live = { lab, broker: { ...broker, listeners }, pis: [pi] };
  return openTestLab(live, new AbortController().signal);
}
