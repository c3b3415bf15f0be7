import test from 'ava';
import { Secret } from '../../../base/secret.ts';
import type { User } from '../../../lab-file/lab.ts';
import { configuration } from '../../../mosquitto/configuration.ts';
import { tlsFiles } from '../../../mosquitto/tls-files.ts';
import type { Certificates } from '../../../provisioning/certificates/certificates.ts';
import type { Item } from '../../../provisioning/resources/resource.ts';
import { factsOf } from '../_facts.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const NAMES = ['localhost', '127.0.0.1'];
const FOLDER = '/etc/mosquitto';
const FILES = ['lab-ca.pem', 'lab-crl.pem', 'lab-server.pem', 'lab-server.key'].map((name) => `${FOLDER}/${name}`);

type Stub = { readonly isMade?: boolean; readonly why?: string };

/** Certificates that need no CA, and what was asked of them. */
function stub({ isMade = true, why }: Stub = {}) {
  const asked: (readonly string[] | undefined)[] = [];
  let made = isMade;
  const pair = { chain: 'chain', key: new Secret('hunter2') };
  const certificates: Certificates = {
    brokerCa: () => (made ? 'broker ca' : undefined),
    clientCa: () => (made ? 'client ca' : undefined),
    server(names) {
      asked.push(names);
      return made ? { pair, why } : { pair: undefined, why: 'missing' };
    },
    user: () => ({ pair, why: undefined }),
    revocations: () => (made ? { list: 'list', why: undefined } : { list: undefined, why: 'missing' }),
    async make(names) {
      asked.push(names);
      made = true;
    },
  };
  return { certificates, asked };
}

const file = (content: string) => `mosquitto mosquitto 600\n${Buffer.from(content).toString('base64')}`;
const CONTENTS = ['client ca', 'list', 'chain', 'hunter2'];
const PRESENT = new Map(FILES.map((path, index) => [`file:${path}`, file(CONTENTS[index] ?? '')]));

test('wants the CA of the clients, the list, the certificate and its key, for the broker alone', (t) => {
  const { certificates } = stub();
  const wanted = tlsFiles({ certificates, users: [], names: NAMES, hasOwnAddresses: false }).wanted(factsOf(new Map()));
  t.deepEqual(
    wanted.map(({ path, content, owner, group, mode, why }) => [path, content, owner, group, mode, why]),
    FILES.map((path, index) => [path, CONTENTS[index], 'mosquitto', 'mosquitto', '600', undefined]),
  );
  t.is(wanted[3]?.mask?.('hunter2'), '(hidden)');
});

test("adds the addresses of a container to the certificate's names", async (t) => {
  const facts = factsOf(new Map([['addresses', '198.18.7.2 fd00::2 \n']]));
  for (const [hasOwnAddresses, names] of [
    [true, [...NAMES, '198.18.7.2', 'fd00::2']],
    [false, NAMES],
  ] as const) {
    const { certificates, asked } = stub();
    const tls = tlsFiles({ certificates, users: [], names: NAMES, hasOwnAddresses });
    tls.wanted(facts);
    await tls.make(facts);
    t.deepEqual(asked, [names, names]);
    t.is(
      tls.queries.some(({ id }) => id === 'addresses'),
      hasOwnAddresses,
    );
  }
});

const lab = labOf(`${TWO_USERS}broker: { listeners: [{ port: 8883, tls: {} }] }`);
const configured = (options: Stub) => {
  const { certificates, asked } = stub(options);
  return {
    asked,
    resource: configuration(lab, { certificates, users: lab.users, names: NAMES, hasOwnAddresses: false }),
  };
};
const ofTls = (found: readonly Item[]) => found.filter(({ name }) => FILES.includes(name));

test('plans nothing for files that are right', (t) => {
  const { resource } = configured({});
  const { items: found } = resource.plan(factsOf(PRESENT), []);
  t.deepEqual(
    ofTls(found).map(({ action }) => action),
    ['unchanged', 'unchanged', 'unchanged', 'unchanged'],
  );
});

test('plans the renewal of a certificate and its key, and makes it when it applies the plan', async (t) => {
  const { resource, asked } = configured({ why: 'expires on 2030-04-01' });
  const { items: found, change } = resource.plan(factsOf(PRESENT), []);
  t.deepEqual(
    ofTls(found).map(({ action, detail }) => `${action} ${detail ?? ''}`.trim()),
    ['unchanged', 'unchanged', 'change expires on 2030-04-01', 'change expires on 2030-04-01'],
  );
  t.regex(change?.summary ?? '', /lab-server\.pem \(expires on 2030-04-01\)/);
  asked.length = 0;
  await change?.prepare?.(new AbortController().signal);
  t.deepEqual(asked[0], NAMES);
});

test('shows no key in a plan, and writes it encoded', async (t) => {
  const { resource } = configured({ isMade: false });
  const plan = resource.plan(factsOf(new Map()), []);
  t.deepEqual(
    ofTls(plan.items).map(({ action }) => action),
    ['create', 'create', 'create', 'create'],
  );
  t.false(JSON.stringify(plan).includes('hunter2'));
  const script = (await plan.change?.prepare?.(new AbortController().signal)) ?? '';
  t.true(script.includes(Buffer.from('hunter2').toString('base64')));
  for (const path of FILES) t.true(script.includes(`mv -fT "$staged/`) && script.includes(path), path);
});

test('makes a certificate of a user that no file of the broker needs', async (t) => {
  const { certificates, asked } = stub();
  const users: User[] = [{ name: 'lock', password: undefined, certificate: 'lab' }];
  const due = { ...certificates, user: () => ({ pair: undefined, why: 'missing' }) };
  const resource = configuration(lab, { certificates: due, users, names: NAMES, hasOwnAddresses: false });
  const { items: found, change } = resource.plan(factsOf(PRESENT), []);
  t.deepEqual(
    found.filter(({ kind }) => kind === 'certificate'),
    [{ action: 'create', kind: 'certificate', name: 'lock', detail: 'missing' }],
  );
  t.regex(change?.summary ?? '', /^make the certificate of lock \(missing\)/);
  await change?.prepare?.(new AbortController().signal);
  t.deepEqual(asked.at(-1), NAMES);
});

test('removes the files of a lab that has no TLS any more, after it has replaced its configuration', (t) => {
  const plain = labOf(TWO_USERS);
  const { items: found, change } = configuration(plain).plan(factsOf(new Map([['tls-files', `${FILES[3]}\n`]])), []);
  t.like(
    found.find(({ name }) => name === FILES[3]),
    { action: 'remove', detail: 'no listener has TLS' },
  );
  t.regex(change?.script ?? '', new RegExp(`sync .*\\nrm -f ${FILES[3]}\\n:$`));
});
