import { createHash } from 'node:crypto';
import test from 'ava';
import { planService, service } from '../../../mosquitto/service.ts';
import type { Item } from '../../../provisioning/resources/resource.ts';
import { syntaxError } from '../_sh.ts';

const LAB_CONF = 'listener 1883\nmax_keepalive 60\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The query's answer on a host whose broker has loaded its files, with some lines replaced; undefined leaves a line out. */
function answer(host: Readonly<Record<string, string | undefined>>) {
  const usual = {
    version: '2.0.11-1.2+deb12u2',
    main: base64('persistence true\n'),
    other: '',
    lab: base64(LAB_CONF),
    users: 'u1',
    rights: 'r1',
    process: '70',
    listens: '1883 ',
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
const UNKNOWN = 'restart the broker: it is unknown which files it has loaded';
const NOT_ENABLED = 'enable the broker: it does not start at boot';
const conf = (...lines: string[]) => base64(`${LAB_CONF}${lines.join('\n')}\n`);

/** [the host's answer; the change's summary, undefined for none] */
const rows: readonly (readonly [name: string, Readonly<Record<string, string | undefined>>, string | undefined])[] = [
  ['unchanged, without systemd', {}, undefined],
  ['unchanged, with systemd', { enabled: 'enabled' }, undefined],
  ['no process', { process: undefined, ...NO_RECORD }, 'start the broker'],
  ['no process, and not enabled', { process: undefined, ...NO_RECORD, enabled: 'disabled' }, 'start the broker'],
  ['not in the record', NO_RECORD, UNKNOWN],
  ['not in the record, but it began after the files', { ...NO_RECORD, 'began-later': '' }, undefined],
  ['its program replaced', { replaced: '' }, 'restart the broker: its program changed'],
  ['no listener', { listens: '' }, 'restart the broker: it does not listen on port 1883'],
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
    'on a version that was not measured',
    { lab: conf('log_type all'), version: '2.1.2-1' },
    'restart the broker: log_type changed',
  ],
  ['other users', { users: 'u2' }, 'reload the broker: users changed'],
  [
    'other users and rights, on that version',
    { users: 'u2', rights: 'r2', version: '2.1.2-1' },
    'reload the broker: users and rights changed',
  ],
  [
    'other rights, and a limit of an earlier lab.conf that a reload would lose',
    { rights: 'r2', 'loaded-lab': conf('max_connections 5') },
    'restart the broker: max_connections and rights changed',
  ],
  [
    'a foreign file beside it',
    { other: base64('allow_duplicate_messages true') },
    'restart the broker: allow_duplicate_messages changed',
  ],
  ['other rights, and not enabled', { rights: 'r2', enabled: 'disabled' }, 'reload the broker: rights changed'],
  [
    'other certificates',
    { certificates: 'c2', 'loaded-certificates': 'c1' },
    'reload the broker: certificates changed',
  ],
  [
    'other certificates on 2.0.21',
    { certificates: 'c2', 'loaded-certificates': 'c1', version: '2.0.21-1+deb13u1' },
    'reload the broker: certificates changed',
  ],
  [
    'other certificates on a version that was not measured',
    { certificates: 'c2', 'loaded-certificates': 'c1', version: '2.1.2-1' },
    'restart the broker: certificates changed',
  ],
  [
    'other certificates and rights',
    { certificates: 'c2', 'loaded-certificates': 'c1', rights: 'r2' },
    'reload the broker: rights and certificates changed',
  ],
  ['the same certificates', { certificates: 'c1', 'loaded-certificates': 'c1' }, undefined],
  ['not enabled', { enabled: 'disabled' }, NOT_ENABLED],
  ['masked', { enabled: 'masked' }, NOT_ENABLED],
];

for (const [name, host, summary] of rows) {
  test(name, (t) => {
    t.is(planService(answer(host), { earlier: [], conf: LAB_CONF, acl: '' }).change?.summary, summary);
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

/** [the items planned before; the wanted lab.conf; the item's detail] */
const planned: readonly (readonly [name: string, earlier: readonly Item[], labConf: string, detail: string])[] = [
  ['nothing', [], LAB_CONF, 'process 70'],
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
  ['rights written again as they were', [file('/etc/mosquitto/lab.acl', 'create', 'missing')], LAB_CONF, 'process 70'],
  ['a new certificate', [file('/etc/mosquitto/lab-server.pem')], LAB_CONF, 'reload: certificates changed'],
  ['a new list', [file('/etc/mosquitto/lab-crl.pem', 'change', 'missing')], LAB_CONF, 'reload: certificates changed'],
  ['the owner of a key', [file('/etc/mosquitto/lab-server.key', 'change', 'owner')], LAB_CONF, 'process 70'],
  [
    'another listener',
    [file('/etc/mosquitto/conf.d/lab.conf')],
    `listener 8883\n${LAB_CONF}`,
    'restart: listeners changed',
  ],
  ['the program', [{ action: 'create', kind: 'package', name: 'mosquitto' }], LAB_CONF, 'restart: its program changed'],
  ['the clients', [{ action: 'create', kind: 'package', name: 'mosquitto-clients' }], LAB_CONF, 'process 70'],
  [
    'the main file',
    [file('/etc/mosquitto/mosquitto.conf', 'remove')],
    LAB_CONF,
    'restart: /etc/mosquitto/mosquitto.conf changes',
  ],
  [
    'a foreign file that was never loaded',
    [file('/etc/mosquitto/conf.d/theirs.conf', 'remove')],
    LAB_CONF,
    'process 70',
  ],
];

for (const [name, earlier, labConf, detail] of planned) {
  test(`plans after: ${name}`, (t) => {
    t.is(
      planService(answer({ rights: digest, 'loaded-rights': digest }), { earlier, conf: labConf, acl: 'user sam\n' })
        .items[0]?.detail,
      detail,
    );
  });
}

test('restarts a broker that listens on some of its ports alone', (t) => {
  const conf = `${LAB_CONF}listener 8883\n`;
  const host = { lab: base64(conf), 'loaded-lab': base64(conf) };
  const detail = (listens: string) =>
    planService(answer({ ...host, listens }), { earlier: [], conf, acl: '' }).items[0]?.detail;
  t.is(detail('1883 8883 '), 'process 70');
  t.is(detail('1883 '), 'restart: it does not listen on port 8883');
  t.is(detail('18830 8883 '), 'restart: it does not listen on port 1883');
});

test('reloads for rights that will change', (t) => {
  const planned = { earlier: [file('/etc/mosquitto/lab.acl')], conf: LAB_CONF, acl: 'user bob\n' };
  t.is(
    planService(answer({ rights: digest, 'loaded-rights': digest }), planned).items[0]?.detail,
    'reload: rights changed',
  );
});

test('sends SIGHUP and enables the service in a reload, and stops the broker in a restart', (t) => {
  const reload = planService(answer({ rights: 'r2' })).change?.script ?? '';
  t.regex(reload, /^act=reload$/m);
  const body = /^reload\(\) \{$[\s\S]*?^\}$/m.exec(reload)?.[0] ?? '';
  t.regex(body, /kill -HUP/);
  // otherwise the next plan would still enable it
  t.regex(body, /systemctl enable/);
  t.notRegex(body, /stop_broker/);
  t.regex(
    planService(answer({ lab: '' })).change?.script ?? '',
    /^act=restart$[\s\S]*^ *restart\) stop_broker && start ;;$/m,
  );
});

test('makes valid shell scripts', (t) => {
  for (const host of [{ process: undefined }, { rights: 'r2' }, { lab: '' }]) {
    t.is(syntaxError(planService(answer(host)).change?.script), '');
  }
  const [query] = service({ conf: LAB_CONF, acl: '' }).queries;
  t.is(syntaxError(query?.script), '');
});
