import { readFileSync } from 'node:fs';
import test from 'ava';
import { KEYS } from '../../../lab-file/schema.ts';
import { ARMOURED } from '../_signing-key.ts';
import { read } from '../lab-file/_reading.ts';
import { blocks, DOCUMENTS, section } from './_documents.ts';

const examples = DOCUMENTS.flatMap((document) => blocks(document, 'yaml').map((text) => ({ document, text })));

test('there are examples', (t) => {
  t.true(examples.length >= 15);
});

for (const [index, { document, text }] of examples.entries()) {
  test(`reads example ${index + 1}, ${document}: ${text.trim().replaceAll('\n', ' | ')}`, (t) => {
    const name = /^name:/m.test(text) ? '' : 'name: a\n';
    const users = /^users:/m.test(text) ? '' : 'users: { sam: { password: sam } }\n';
    // the folder of the key is the reader's home, which a test leaves alone
    const file = `${name}${users}${text}`.replace('~/.ssh/hub', 'hub');
    const own = ['server.pem', 'server.key', 'ca.pem', 'lock.pem', 'lock.key'].map((name) => [`certs/${name}`, 'x']);
    const files = {
      ...Object.fromEntries(own),
      hub: 'a key',
      'secrets/bob': 'bob\n',
      'secrets/kitchen': 'x',
      'keys/example.asc': ARMOURED,
    };
    const variables = [...file.matchAll(/env: (\w+)/g)].map(([, variable = '']) => [variable, 'x']);
    t.deepEqual(read(file, { environment: Object.fromEntries(variables), files }).mistakes, []);
  });
}

for (const document of ['README.md', 'docs/lab-file.md']) {
  test(`the first full example of ${document} is lab.yaml`, (t) => {
    const full = blocks(document, 'yaml').find((text) => text.startsWith('name:'));
    t.is(full, readFileSync('lab.yaml', 'utf8').replaceAll(/ +#.*$|^#.*\n/gm, ''));
  });
}

test('documents the keys of the schema, and no others', (t) => {
  const rows = [...section('docs/lab-file.md', '## Keys').matchAll(/^\| `([\w.[\]]+)`/gm)].map(([, key]) => key);
  const parts = [...KEYS].filter(([part]) => !part.endsWith('password'));
  const known = parts.flatMap(([part, keys]) =>
    keys.map((key) => `${part}${part === '' ? '' : '.'}${key}`.replaceAll('*', 'NAME')),
  );
  // a key with keys of its own is documented by these
  const leaves = known.filter((key) => !known.some((other) => new RegExp(`^${key}(\\.NAME)?\\.`).test(other)));
  const shown = leaves.map((key) => key.replace('listeners.NAME', 'listeners[]'));
  t.deepEqual(rows.toSorted(), [...shown, 'pis.NAME.repository', 'users.NAME.certificate'].sort());
});
