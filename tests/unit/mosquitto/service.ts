import test from 'ava';
import { planService } from '../../../mosquitto/service.ts';

type Host = { process?: string; conf?: string; rights?: string; loaded?: string; enabled?: string };

/** What the service's query prints on a host. */
function answer({ process = '70 4711', conf = 'c1', rights = 'r1', loaded = '70 4711 c1 r1', enabled }: Host) {
  const lines = [`process ${process}`, `conf ${conf}`, `rights ${rights}`, `loaded ${loaded}`];
  return { code: 0, output: [...lines, ...(enabled === undefined ? [] : [`enabled ${enabled}`])].join('\n') };
}

const UNKNOWN = 'restart the broker: what it has loaded is unknown';
const NOT_ENABLED = 'enable the broker: it would not start with the machine';
const CONFIGURATION = 'restart the broker: its configuration changed';

/** [what the host says; the change's summary, undefined for none] */
const rows: readonly (readonly [name: string, host: Host, summary: string | undefined])[] = [
  ['as wanted, without systemd', {}, undefined],
  ['as wanted, with systemd', { enabled: 'enabled' }, undefined],
  ['no process', { process: ' ' }, 'start the broker'],
  ['no process, after a reboot', { process: ' ', loaded: '' }, 'start the broker'],
  ['no process, and not enabled', { process: ' ', enabled: 'disabled' }, 'start the broker'],
  ['nothing known of the process', { loaded: '' }, UNKNOWN],
  ['another process', { loaded: '71 4711 c1 r1' }, UNKNOWN],
  ['the same number, started at another time', { loaded: '70 4712 c1 r1' }, UNKNOWN],
  ['a number that begins the same', { process: '7 4', loaded: '7 4711 c1 r1' }, UNKNOWN],
  ['another configuration', { conf: 'c2' }, CONFIGURATION],
  ['another configuration and other rights', { conf: 'c2', rights: 'r2' }, CONFIGURATION],
  ['other rights', { rights: 'r2' }, 'reload the broker: users or rights changed'],
  [
    'other rights, and not enabled',
    { rights: 'r2', enabled: 'disabled' },
    'reload the broker: users or rights changed',
  ],
  ['not enabled', { enabled: 'disabled' }, NOT_ENABLED],
  ['masked', { enabled: 'masked' }, NOT_ENABLED],
];

for (const [name, host, summary] of rows) {
  test(name, (t) => {
    t.is(planService(answer(host)).change?.summary, summary);
  });
}

test('a reload does not stop the broker, a restart does', (t) => {
  const reload = planService(answer({ rights: 'r2' })).change?.script ?? '';
  t.true(reload.includes('kill -HUP'));
  t.false(reload.includes('systemctl restart'));
  // else the host would still not be as wanted after it
  t.true(reload.includes('systemctl enable'));
  t.true(planService(answer({ conf: 'c2' })).change?.script.includes('systemctl restart'));
});
