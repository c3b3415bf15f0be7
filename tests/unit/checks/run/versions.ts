import test from 'ava';
import { versionsOf } from '../../../../checks/run/versions.ts';
import { type Answer, bytes, fakeBroker } from '../../_fake-broker.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt } from '../../_live.ts';

const lab = labOf(TWO_USERS);

/** A broker that accepts over 3.1.1. It answers each CONNECT of MQTT 5 with the next bytes, and closes without any. */
function broker(...answersTo5: string[]): Answer {
  let asked = 0;
  return (packet, socket) => {
    if (packet.cmd === 'disconnect') socket.end();
    if (packet.cmd !== 'connect') return;
    const answer = packet.protocolVersion === 5 ? (answersTo5[asked++] ?? '') : '20 02 00 00';
    if (answer === '') return void socket.end();
    socket.write(bytes(answer));
    if (answer.slice(6) !== '00 00' && packet.protocolVersion === 5 && !answer.startsWith('20 03 00 00')) socket.end();
  };
}

/** [what the broker does over MQTT 5; the protocol levels that it speaks] */
const rows: readonly (readonly [title: string, Answer, versions: readonly number[]])[] = [
  ['accepts MQTT 5', broker('20 03 00 00 00'), [4, 5]],
  ['refuses MQTT 5 with its own code', broker('20 03 00 84 00'), [4]],
  ['refuses MQTT 5 with the code of 3.1.1', broker('20 02 00 01'), [4]],
  ['refuses the login', broker('20 03 00 87 00'), [4, 5]],
  ['closes once and then accepts', broker('', '20 03 00 00 00'), [4, 5]],
  ['always closes, over MQTT 5 only', broker(), [4]],
  ['always closes', (_, socket) => void socket.end(), [4, 5]],
];

for (const [title, answer, versions] of rows) {
  test(`finds versions ${versions.join(' and ')} of a broker that ${title}`, async (t) => {
    const at = liveBrokerAt(await fakeBroker(t, answer));
    t.deepEqual(await versionsOf({ lab, broker: at, pis: [] }), versions);
  });
}
