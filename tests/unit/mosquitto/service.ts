import { createHash } from 'node:crypto';
import test from 'ava';
import { changedOptions, loadingNeeded } from '../../../mosquitto/reload.ts';
import { planService } from '../../../mosquitto/service.ts';
import type { Item } from '../../../provisioning/resources/resource.ts';

const LAB_CONF = 'listener 1883\nmax_keepalive 60\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** What the service's query prints on a host whose broker has loaded what its files say, with other lines; undefined leaves a line out. */
function answer(host: Readonly<Record<string, string | undefined>>) {
  const usual = {
    version: '2.0.11-1.2+deb12u2',
    main: base64('persistence true\n'),
    other: '',
    lab: base64(LAB_CONF),
    users: 'u1',
    rights: 'r1',
    process: '70',
    listens: '',
    'loaded-main': base64('persistence true\n'),
    'loaded-other': '',
    'loaded-lab': base64(LAB_CONF),
    'loaded-users': 'u1',
    'loaded-rights': 'r1',
  };
  const lines = Object.entries({ ...usual, ...host }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} ${value}`],
  );
  return { code: 0, output: lines.join('\n') };
}

const NO_RECORD = Object.fromEntries(
  ['main', 'other', 'lab', 'users', 'rights'].map((key) => [`loaded-${key}`, undefined]),
);
const UNKNOWN = 'restart the broker: what it has loaded is unknown';
const NOT_ENABLED = 'enable the broker: it would not start with the machine';
const conf = (...lines: string[]) => base64(`${LAB_CONF}${lines.join('\n')}\n`);

/** [what the host says; the change's summary, undefined for none] */
const rows: readonly (readonly [name: string, Readonly<Record<string, string | undefined>>, string | undefined])[] = [
  ['as wanted, without systemd', {}, undefined],
  ['as wanted, with systemd', { enabled: 'enabled' }, undefined],
  ['no process', { process: undefined, ...NO_RECORD }, 'start the broker'],
  ['no process, and not enabled', { process: undefined, ...NO_RECORD, enabled: 'disabled' }, 'start the broker'],
  ['not in the record', NO_RECORD, UNKNOWN],
  ['not in the record, but it began after the files', { ...NO_RECORD, 'began-later': '' }, undefined],
  ['its program replaced', { replaced: '' }, 'restart the broker: its program is another one'],
  ['nobody listens', { listens: undefined }, 'restart the broker: it does not listen on port 0'],
  ['only a comment differs', { lab: conf('# by hand', '') }, undefined],
  ['another port', { lab: base64('listener 1884\nmax_keepalive 60\n') }, 'restart the broker: port changed'],
  ['another keep alive', { lab: base64('listener 1883\n') }, 'restart the broker: maxKeepAlive changed'],
  ['a limit that SIGHUP applies', { lab: conf('log_type all') }, 'reload the broker: log_type changed'],
  [
    'a limit that it does not apply',
    { lab: conf('log_type all', 'max_queued_messages 9') },
    'restart the broker: log_type and max_queued_messages changed',
  ],
  [
    'on a version of which nothing was measured',
    { lab: conf('log_type all'), version: '2.1.2-1' },
    'restart the broker: log_type changed',
  ],
  ['other users', { users: 'u2' }, 'reload the broker: users changed'],
  [
    'other users and rights, also there',
    { users: 'u2', rights: 'r2', version: '2.1.2-1' },
    'reload the broker: users and rights changed',
  ],
  [
    'other rights where a reload would lose a limit',
    { rights: 'r2', lab: conf('max_connections 5'), 'loaded-lab': conf('max_connections 5') },
    'restart the broker: rights changed, and a reload would lose max_connections',
  ],
  [
    "somebody's file beside it",
    { other: base64('allow_duplicate_messages true') },
    'restart the broker: allow_duplicate_messages changed',
  ],
  ['other rights, and not enabled', { rights: 'r2', enabled: 'disabled' }, 'reload the broker: rights changed'],
  ['not enabled', { enabled: 'disabled' }, NOT_ENABLED],
  ['masked', { enabled: 'masked' }, NOT_ENABLED],
];

for (const [name, host, summary] of rows) {
  test(name, (t) => {
    t.is(planService(answer(host)).change?.summary, summary);
  });
}

/** Of `user sam`. */
const digest = createHash('sha256').update('user sam\n').digest('hex').slice(0, 16);
const file = (name: string, action: Item['action'] = 'change', detail = 'content'): Item => ({
  action,
  kind: 'file',
  name,
  detail,
});

/** [what is planned before; lab.conf as wanted; the item's detail] */
const planned: readonly (readonly [name: string, earlier: readonly Item[], labConf: string, detail: string])[] = [
  ['nothing', [], 'listener 9\n', 'process 70'],
  ['lab.conf, back to what is loaded', [file('/etc/mosquitto/conf.d/lab.conf')], LAB_CONF, 'process 70'],
  ['lab.conf', [file('/etc/mosquitto/conf.d/lab.conf')], `${LAB_CONF}max_qos 1\n`, 'restart: max_qos changed'],
  [
    'lab.conf, an option that SIGHUP applies',
    [file('/etc/mosquitto/conf.d/lab.conf')],
    `${LAB_CONF}sys_interval 1\n`,
    'reload: sys_interval changed',
  ],
  ['users', [file('/etc/mosquitto/lab.passwd')], LAB_CONF, 'reload: users changed'],
  ['the mode of users', [file('/etc/mosquitto/lab.passwd', 'change', 'mode')], LAB_CONF, 'process 70'],
  ['rights made anew as they were', [file('/etc/mosquitto/lab.acl', 'create', 'missing')], LAB_CONF, 'process 70'],
  [
    'the program',
    [{ action: 'create', kind: 'package', name: 'mosquitto' }],
    LAB_CONF,
    'restart: its program is another one',
  ],
  ['the clients', [{ action: 'create', kind: 'package', name: 'mosquitto-clients' }], LAB_CONF, 'process 70'],
  [
    'the main file',
    [file('/etc/mosquitto/mosquitto.conf', 'remove')],
    LAB_CONF,
    'restart: /etc/mosquitto/mosquitto.conf changes',
  ],
  [
    "somebody else's file that was never loaded",
    [file('/etc/mosquitto/conf.d/theirs.conf', 'remove')],
    LAB_CONF,
    'process 70',
  ],
];

for (const [name, earlier, labConf, detail] of planned) {
  test(`planned before: ${name}`, (t) => {
    t.is(
      planService(answer({ rights: digest, 'loaded-rights': digest }), { earlier, conf: labConf, acl: 'user sam\n' })
        .items[0]?.detail,
      detail,
    );
  });
}

test('rights that are to change are a reload', (t) => {
  const planned = { earlier: [file('/etc/mosquitto/lab.acl')], conf: LAB_CONF, acl: 'user bob\n' };
  t.is(
    planService(answer({ rights: digest, 'loaded-rights': digest }), planned).items[0]?.detail,
    'reload: rights changed',
  );
});

test('options are compared by name and value, whatever stands between them', (t) => {
  const from = '# a\n  listener 1883  \nlog_type error\nlog_type warning\n\nmax_qos 1';
  t.deepEqual(changedOptions(from, 'listener\t1883\nmax_qos 1\nlog_type error\nlog_type warning\n'), []);
  t.deepEqual(changedOptions(from, 'listener 1884\nlog_type warning\nlog_type error\n'), [
    'listener',
    'log_type',
    'max_qos',
  ]);
});

test('two versions were measured, and what is between them', (t) => {
  const verb = (version: string) => loadingNeeded({ from: '', to: 'sys_interval 1', others: [], version })?.verb;
  t.deepEqual(
    ['2.0.10-1', '2.0.11-1.2+deb12u2', '1:2.0.18-1ubuntu1', '2.0.21-1', '2.0.22-0mosquitto1', '2.1.2', ''].map(verb),
    ['restart', 'reload', 'reload', 'reload', 'restart', 'restart', 'restart'],
  );
});

test('a reload does not stop the broker, a restart does', (t) => {
  const reload = planService(answer({ rights: 'r2' })).change?.script ?? '';
  const act = /\nact\(\) \{[\s\S]*?\n\}/;
  t.regex(act.exec(reload)?.[0] ?? '', /kill -HUP/);
  // else the host would still not be as wanted after it
  t.regex(act.exec(reload)?.[0] ?? '', /systemctl enable/);
  t.true(planService(answer({ lab: '' })).change?.script.includes('act() { stop && start; }'));
});
