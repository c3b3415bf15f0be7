import test from 'ava';
import fc from 'fast-check';
import { LabError } from '../../../../base/errors.ts';
import { covers } from '../../../../base/topic.ts';
import { boundaryTopics } from '../../../../checks/acl/boundary-topics.ts';
import { filterFor, may, writes } from '../../../../lab-file/may.ts';
import { renderAcl } from '../../../../mosquitto/acl.ts';
import { type AclRule, parseAcl } from '../../../../mosquitto/import/acl.ts';
import { importBroker } from '../../../../mosquitto/import/import-broker.ts';
import { noteText } from '../../../../mosquitto/import/note.ts';
import { boundaryTopics as allBoundaries } from '../../../lab/support/rule-sets.ts';
import { read } from '../../lab-file/_reading.ts';
import { filesOf } from './_files.ts';

const MAIN = '/etc/mosquitto/mosquitto.conf';
const HASH = '$7$101$c2FsdHNhbHQ=$aGFzaA==';
const LOCAL = { name: 'hub', place: { host: 'local' }, isHere: true, hasWebSockets: true };

/** A host with these users and this ACL file, and the lab file that was imported from it. */
async function imported(users: readonly string[], acl: string, conf = 'listener 1883') {
  const files = filesOf({
    [MAIN]: `${conf}\npassword_file /p\nacl_file /a\n`,
    '/p': users.map((user) => `${user}:${HASH}\n`).join(''),
    '/a': acl,
  });
  const { text, notes } = await importBroker(files, LOCAL);
  const names = [...text.matchAll(/env: (\w+)/g)].map(([, name = '']) => [name, 'x']);
  const { lab, mistakes } = read(text, { environment: Object.fromEntries(names) });
  if (lab === undefined) throw new Error(`${mistakes.join('\n')}\n${text}`);
  return { text, lab, notes: notes.map(noteText) };
}

const USERS = ['hall', 'Hall', 'a b', 'x+y', '%c'];
const CLIENT_IDS = ['c1', 'hall'];
const LEVELS = ['a', 'b', '', '+', 'hall', 'c1'];

/** ACL files of `topic` lines and patterns, in any order. */
const acls = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...USERS).map((user) => `user ${user}`) },
    { weight: 4, arbitrary: lines('topic', LEVELS) },
    { weight: 2, arbitrary: lines('pattern', [...LEVELS, '%u', '%c']) },
    { weight: 1, arbitrary: fc.constantFrom('', '# topic read #', 'topic read $SYS/#', 'topic $SYS/broker/+') },
  ),
  { minLength: 2, maxLength: 12 },
);

function lines(kind: string, levels: readonly string[]): fc.Arbitrary<string> {
  const access = fc.constantFrom('read ', 'write ', 'readwrite ', '', 'deny ');
  const filter = fc
    .tuple(fc.array(fc.constantFrom(...levels), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([inner, isOpen]) => [...inner, ...(isOpen || inner.join('') === '' ? ['#'] : [])].join('/'));
  return fc.tuple(access, filter).map(([right, topic]) => `${kind} ${right}${topic}`);
}

type Client = { readonly user: string; readonly clientId: string };

/** As Mosquitto decides (security_default.c): a user's own lines, their `deny` first, then the patterns, theirs first. */
function allows(
  rules: readonly AclRule[],
  { user, clientId }: Client,
  action: 'read' | 'write',
  topic: string,
): boolean {
  if (action === 'write' && topic.startsWith('$SYS')) return false;
  const decide = (among: readonly AclRule[]) => {
    const hits = among.filter(({ filter, kind }) => {
      return covers(kind === 'topic' ? filter : (filterFor(filter, { user, clientId }) ?? ''), topic);
    });
    if (hits.some(({ access }) => access === 'deny')) return false;
    return hits.some(({ access }) => access === action || access === 'readwrite') ? true : undefined;
  };
  const own = decide(rules.filter((rule) => rule.user === user));
  if (own !== undefined) return own;
  return !/[+#]/.test(user) && decide(rules.filter(({ kind }) => kind === 'pattern')) === true;
}

test('random ACL files: the imported rights, and the ACL file of their lab, mean the same', async (t) => {
  t.timeout(60_000);
  let decisions = 0;
  let same = 0;
  await fc.assert(
    fc.asyncProperty(fc.subarray(USERS, { minLength: 1 }), acls, async (users, acl) => {
      const { lab, notes, text } = await imported(users, acl.join('\n'));
      // what lab.yaml cannot say, it says
      if (notes.some((note) => !/anonymous|who is not a user/.test(note))) return;
      same += 1;
      const { rules } = parseAcl({ path: '/a', text: acl.join('\n') });
      const again = parseAcl({ path: '/b', text: renderAcl(lab) }).rules;
      const clients = users.flatMap((user) => CLIENT_IDS.map((clientId) => ({ user, clientId })));
      const blank = { publish: [], subscribe: [], lastWill: [], deny: [], patterns: [] };
      const original = { ...lab, rules: rules.map(({ filter }) => ({ ...blank, filter })) };
      const near = [lab, original].flatMap((each) => allBoundaries({ lab: each, clients, willOwners: [] }, 200));
      for (const topic of new Set([...near, ...boundaryTopics(lab, 'lab').topics, '$SYS/broker/version'])) {
        for (const client of clients) {
          const { user, clientId } = client;
          const expected = [allows(rules, client, 'read', topic), allows(rules, client, 'write', topic)];
          const said = [may(lab, user, 'subscribe', topic, clientId), writes(lab, user, topic, clientId)];
          const rendered = [allows(again, client, 'read', topic), allows(again, client, 'write', topic)];
          decisions += 2;
          const shown = `${user} ${clientId} ${topic}: Mosquitto ${expected}, lab.yaml ${said}, lab.acl ${rendered}`;
          if (`${expected}` !== `${said}` || `${expected}` !== `${rendered}`) throw new Error(`${shown}\n${text}`);
        }
      }
    }),
    { numRuns: 200 },
  );
  t.log(`${same} ACL files without a note, ${decisions} decisions`);
  t.true(same > 50);
});

test('any text as configuration, users and rights gives a lab file that loads, or an error that says why not', async (t) => {
  const words = [
    'user',
    'topic',
    'pattern',
    'read',
    'deny',
    'listener',
    'port',
    'all',
    '%u',
    '$SYS/#',
    'a:b',
    '#',
    '__proto__',
    '\n',
    '1',
    "'",
    '"',
    '{',
    '\u0007',
  ];
  const noise = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 12 })
    .map((all) => all.join(' '));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string()), noise, noise, async (users, acl, conf) => {
      await imported(
        ['sam', ...users.map((name) => name.replaceAll(/[\r\n:]/g, ''))],
        acl,
        conf.replaceAll('include_dir', ''),
      );
    }),
    { numRuns: 300 },
  );
  t.pass();
});

const listenerLines = fc
  .tuple(
    fc.constantFrom(
      'listener 1883',
      'listener 1884 127.0.0.1',
      'listener 8883',
      'listener 0 /x',
      'port 1885',
      'bind_address ::1',
    ),
    fc.subarray([
      ...['certfile /c', 'keyfile /k', 'cafile /a', 'require_certificate true', 'use_identity_as_username true'],
      ...[
        'protocol websockets',
        'psk_hint x',
        'bind_interface lo',
        'max_connections 10',
        'max_qos 1',
        'tls_version tlsv1',
      ],
    ]),
  )
  .map(([first, options]) => [first, ...options].join('\n'));

test('any listeners give a lab file that loads, however the broker is reached', async (t) => {
  const reach = fc.record({ isHere: fc.boolean(), hasWebSockets: fc.boolean() });
  const place = fc.constantFrom({ host: 'ssh://hub' }, { external: 'hub', software: undefined });
  await fc.assert(
    fc.asyncProperty(fc.array(listenerLines, { maxLength: 4 }), reach, place, async (conf, reached, where) => {
      const main = `${conf.join('\n')}\npassword_file /p\nacl_file /a`;
      const files = filesOf({ [MAIN]: main, '/p': `sam:${HASH}`, '/a': 'user lock\ntopic a' });
      const host = 'host' in where && reached.isHere ? { host: 'local' } : where;
      await importBroker(files, { name: 'hub', place: host, ...reached });
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test('a broker without an ACL file lets everybody do everything', async (t) => {
  const files = filesOf({ [MAIN]: 'listener 1883\npassword_file /p\n', '/p': `sam:${HASH}\n` });
  const { text, notes } = await importBroker(files, LOCAL);
  t.deepEqual(notes, []);
  t.regex(text, /^ {2}"#": \{ publish: \[ all \], subscribe: \[ all \] \}\n {2}\$SYS\/#: \{ subscribe: \[ all \] \}$/m);
});

test('a broker without a listener accepts anonymous clients, whatever allow_anonymous says', async (t) => {
  const { notes } = await imported(['sam'], '', 'allow_anonymous false');
  t.true(
    notes.some((note) => /mosquitto\.conf: without a listener .*anonymous/.test(note)),
    notes.join('\n'),
  );
});

test('an external broker has address and software, and no options', async (t) => {
  const files = filesOf({ [MAIN]: 'listener 1884\nsys_interval 5\npassword_file /p\n', '/p': `sam:${HASH}\n` });
  const place = { external: 'hub.local', software: 'mosquitto 2.0.11' };
  const { text } = await importBroker(files, { ...LOCAL, place, isHere: false });
  t.regex(text, /^broker: \{ host: external, address: hub\.local, port: 1884, software: mosquitto 2\.0\.11 \}$/m);
});

/** [mosquitto.conf; files beside it; the error] */
const errors: readonly (readonly [conf: string, files: Readonly<Record<string, string>>, error: RegExp])[] = [
  ['listener 1883', {}, /no user[\s\S]*mosquitto_passwd/],
  ['password_file /p', { '/p': '' }, /no user/],
  ['password_file /p', {}, /mosquitto\.conf:1: password_file names \/p, which does not exist/],
  ['password_file /p\nacl_file /a', { '/p': `sam:${HASH}` }, /mosquitto\.conf:2: acl_file names \/a/],
];

for (const [conf, files, error] of errors) {
  test(`exit code 2 for ${conf.replaceAll('\n', ' | ')} with ${Object.keys(files)}`, async (t) => {
    const thrown = await t.throwsAsync(importBroker(filesOf({ [MAIN]: conf, ...files }), LOCAL), {
      instanceOf: LabError,
    });
    t.is(thrown?.exitCode, 2);
    t.regex(thrown?.message ?? '', error);
  });
}

test('listeners, certificates and the users whom these name', async (t) => {
  const tls = 'certfile /c.pem\nkeyfile /c.key\n';
  const conf = `listener 1883 127.0.0.1\nlistener 8883\n${tls}listener 8884\n${tls}cafile /ca.pem\nrequire_certificate true\nuse_identity_as_username true\nlistener 9001\nprotocol websockets\n`;
  const { text, lab, notes } = await imported(['sam'], 'user sam\ntopic a\nuser lock\ntopic b\n', conf);
  t.deepEqual(lab.broker.listeners, [
    { port: 1883, bind: 'loopback', protocol: 'mqtt', tls: undefined },
    { port: 8883, bind: 'all', protocol: 'mqtt', tls: { clients: 'none', identity: 'password' } },
    { port: 8884, bind: 'all', protocol: 'mqtt', tls: { clients: 'required', identity: 'common-name' } },
    { port: 9001, bind: 'all', protocol: 'websockets', tls: undefined },
  ]);
  t.regex(
    text,
    /^ {2}sam: \{ password: \{ env: LAB_PASSWORD_SAM \}, certificate: true \}\n {2}lock: \{ certificate: true \}$/m,
  );
  t.is(notes.length, 3, notes.join('\n'));
});
