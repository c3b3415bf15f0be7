import { inspect } from 'node:util';
import test from 'ava';
import { InputError } from '../../../base/errors.ts';
import { readLab } from '../../../lab-file/read.ts';
import { read } from './_reading.ts';

const NOWHERE = { environment: {}, interfaces: {} };
/** The default listener: one on 1883, plain. */
const PLAIN = { port: 1883, bind: 'all', protocol: 'mqtt', tls: undefined } as const;
const usual = { repository: { kind: 'debian' }, reboot: false } as const;

test('reads the default lab file', (t) => {
  const { users, directory, file, ...lab } = readLab('lab.yaml', NOWHERE);
  t.is(directory, process.cwd());
  t.is(file, `${process.cwd()}/lab.yaml`);
  t.deepEqual(lab, {
    name: 'checkpoint-3',
    broker: {
      host: { kind: 'local' },
      address: undefined,
      port: 1883,
      listeners: [PLAIN],
      tls: { own: undefined, revoke: [] },
      maxKeepAlive: 1200,
      software: undefined,
      options: [],
    },
    pis: [{ name: 'pi', host: { kind: 'container', architecture: undefined }, ...usual }],
    groups: [],
    rules: [
      { filter: 'status', publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'], deny: [], patterns: [] },
      { filter: 'test', publish: ['sam'], subscribe: ['alice'], lastWill: [], deny: [], patterns: [] },
    ],
    topics: [
      { name: 'status', publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
      { name: 'test', publish: ['sam'], subscribe: ['alice'], lastWill: [] },
    ],
    containers: { debian: 12, subnet: undefined },
  });
  t.deepEqual(
    users.map(({ name, password }) => [name, password?.reveal()]),
    [
      ['sam', 'sam'],
      ['alice', 'alice'],
    ],
  );
});

test('fills in defaults, and resolves paths from the lab file’s folder', (t) => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPHVfYsRmUCbTJ0DR3pRDF3Zh6vXMPTPkQCmOEPAx3j';
  const { lab, mistakes } = read(
    [
      'name: far',
      `broker: { host: "ssh://root@broker.home:2222", identity: keys/id, hostKey: ${key}, options: { max_queued_messages: 5, log_type: all } }`,
      'pis: { one: { host: "ssh://pi@[fe80::1]" }, alias: { host: "ssh://kitchen" }, two: { host: container, architecture: arm64 } }',
      'users: { constructor: { password: x } }',
      'topics: { constructor: { publish: [constructor] }, "with a space": {} }',
    ].join('\n'),
    { files: { 'keys/id': 'key' } },
  );
  t.deepEqual(mistakes, []);
  const ssh = { kind: 'ssh', user: 'root', address: 'broker.home', port: 2222, hostKey: key, password: undefined };
  t.deepEqual(lab?.broker, {
    host: { ...ssh, identity: `${lab?.directory}/keys/id` },
    address: undefined,
    port: 1883,
    listeners: [PLAIN],
    tls: { own: undefined, revoke: [] },
    maxKeepAlive: 1200,
    software: undefined,
    options: [
      { name: 'max_queued_messages', value: 5 },
      { name: 'log_type', value: 'all' },
    ],
  });
  const left = { port: undefined, identity: undefined, hostKey: undefined, password: undefined };
  t.deepEqual(lab?.pis, [
    { name: 'one', host: { kind: 'ssh', user: 'pi', address: 'fe80::1', ...left }, ...usual },
    { name: 'alias', host: { kind: 'ssh', user: undefined, address: 'kitchen', ...left }, ...usual },
    { name: 'two', host: { kind: 'container', architecture: 'arm64' }, ...usual },
  ]);
  t.deepEqual(lab?.topics, [
    { name: 'constructor', publish: ['constructor'], subscribe: [], lastWill: [] },
    { name: 'with a space', publish: [], subscribe: [], lastWill: [] },
  ]);
});

test('accepts an anchored list for several rights', (t) => {
  const { lab } = read(
    'name: a\nusers: { sam: { password: x } }\ntopics: { t: { publish: &all [sam], subscribe: *all } }',
  );
  t.deepEqual(lab?.topics, [{ name: 't', publish: ['sam'], subscribe: ['sam'], lastWill: [] }]);
});

test('reports mistakes of every kind together, in the order of the file', (t) => {
  const { mistakes } = read(
    [
      'nam: x',
      'broker: { port: 99999, prt: 1 }',
      'users:',
      '  sam: { password: { env: NOT_THERE } }',
      '  sam: { password: other }',
      'topics:',
      '  "a+": { publish: [sam, bob], subscribe: sam, x: 1 }',
      'containers: { debian: 11, subnet: 10.1.2.3/24 }',
    ].join('\n'),
  );
  t.deepEqual(mistakes, [
    'lab.yaml:1:1: name is missing; lower-case letters, digits and hyphens, starting with a letter, at most 40, are allowed',
    'lab.yaml:1:1: the lab file has an unknown key "nam" (did you mean "name"?); allowed keys: name, broker, pis, users, groups, topics, containers',
    'lab.yaml:2:17: broker.port is 99999; a whole number from 1 to 65535 is allowed',
    'lab.yaml:2:24: broker has an unknown key "prt" (did you mean "port"?); allowed keys: host, address, port, listeners, tls, maxKeepAlive, software, options, identity, hostKey, password',
    'lab.yaml:4:20: users.sam.password comes from the environment variable NOT_THERE, which is not set; set it to the password',
    'lab.yaml:5:3: users.sam is given twice, first on line 4; once is allowed',
    'lab.yaml:7:3: topics."a+" has a wildcard out of place; + alone between slashes, # alone and last are allowed',
    'lab.yaml:7:26: topics."a+".publish[1] names the undeclared user "bob"; declared users: sam',
    'lab.yaml:7:43: topics."a+".subscribe is "sam"; a list of users and groups is allowed',
    'lab.yaml:7:48: topics."a+" has an unknown key "x"; allowed keys: publish, subscribe, lastWill, deny',
    'lab.yaml:8:23: containers.debian is 11; 12 or 13 is allowed',
    "lab.yaml:8:35: containers.subnet has host bits; the network's own address is allowed: 10.1.2.0/24",
  ]);
});

test('refuses a missing file, a folder and a binary file', (t) => {
  const explained = (file: string) => t.throws(() => readLab(file, NOWHERE), { instanceOf: InputError })?.message;
  t.is(
    explained('nowhere/lab.yaml'),
    'nowhere/lab.yaml: does not exist; change to its folder, name it with --lab FILE, or write one with ./lab init',
  );
  t.is(
    explained('tests'),
    "tests: can't be read (EISDIR); check that you may read it, or name another file with --lab FILE",
  );
  t.deepEqual(read(Uint8Array.of(0x61, 0xff)).mistakes, ['lab.yaml: is not UTF-8 text; save it as UTF-8']);
});

test('shows no password, however a lab is printed', (t) => {
  const { lab } = read('name: a\nusers: { sam: { password: hunter2 } }');
  t.false(`${inspect(lab, { depth: 9 })}${JSON.stringify(lab)}${String(lab?.users[0]?.password)}`.includes('hunter2'));
});
