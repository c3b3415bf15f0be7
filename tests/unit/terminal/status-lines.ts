import test from 'ava';
import type { HostStatus } from '../../../deployment/status.ts';
import { statusLines } from '../../../terminal/status-lines.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const plain = (_: unknown, text: string) => text;
const lab = { ...labOf(TWO_USERS), file: '/srv/lab.yaml' };

/** [what a host is like; its lines] */
const rows: readonly (readonly [HostStatus, readonly string[]])[] = [
  [
    {
      host: 'broker',
      state: 'up',
      place: 'this machine',
      system: 'Debian x86_64',
      versions: { mosquitto: '2.0.11', 'mosquitto-clients': '2.0.11' },
      detail: 'the broker is running (process 7)',
    },
    [
      '✓ broker   the broker is running (process 7)',
      '    this machine, Debian x86_64',
      '    mosquitto 2.0.11',
      '    mosquitto-clients 2.0.11',
    ],
  ],
  [
    { host: 'pi', state: 'down', place: 'container', system: 'Debian', versions: {}, detail: 'missing: x' },
    ['! pi       missing: x', '    container, Debian'],
  ],
  [
    { host: 'pi', state: 'unreachable', place: 'ssh pi@pi:22', detail: '\u001b[2J' },
    ['✗ pi       \\x1b[2J', '    ssh pi@pi:22'],
  ],
];

for (const [status, lines] of rows) {
  test(`${status.host} is ${status.state}`, (t) => {
    t.deepEqual(statusLines(lab, [status], plain), ['lab two (/srv/lab.yaml)', ...lines]);
  });
}
