import test from 'ava';
import { Secret } from '../../../base/secret.ts';
import type { User } from '../../../lab-file/lab.ts';
import { clientCertificates, noClientCertificates } from '../../../pi/client-certificates.ts';
import { clientFiles } from '../../../pi/client-files.ts';
import type { Certificates } from '../../../provisioning/certificates/certificates.ts';
import type { Item } from '../../../provisioning/resources/resource.ts';
import { factsOf } from '../_facts.ts';
import { syntaxError } from '../_sh.ts';

const SAM: User = { name: 'sam', password: new Secret('x'), certificate: 'lab' };
const LOCK: User = { name: 'a/b', password: undefined, certificate: { certificate: '/c', key: '/k' } };
const BOB: User = { name: 'bob', password: new Secret('x') };
const USERS = [SAM, LOCK, BOB];

type Stub = { readonly isMade?: boolean; readonly why?: (user: string) => string | undefined };

function stub({ isMade = true, why = () => undefined }: Stub = {}) {
  const asked: (readonly string[] | undefined)[] = [];
  let made = isMade;
  const certificates: Certificates = {
    brokerCa: () => (made ? 'broker ca' : undefined),
    clientCa: () => (made ? 'client ca' : undefined),
    server: () => ({ pair: undefined, why: undefined }),
    user({ name }) {
      const pair = { chain: `chain of ${name}`, key: new Secret(`key of ${name}`) };
      return made ? { pair, why: why(name) } : { pair: undefined, why: 'missing' };
    },
    revocations: () => ({ list: undefined, why: undefined }),
    async make(names) {
      asked.push(names);
      made = true;
    },
  };
  return { certificates, asked };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const own = (content: string, ownership = 'pi pi 600') => `${ownership}\n${base64(content)}`;
const LAB = 'two';
const FOLDER = `/etc/mqtt-lab/${LAB}`;
const CA = `${FOLDER}/ca.pem`;
const SAM_PEM = `${FOLDER}/user-sam.pem`;
const SAM_KEY = `${FOLDER}/user-sam.key`;
const PATHS = [CA, SAM_PEM, SAM_KEY, `${FOLDER}/user-a%2fb.pem`, `${FOLDER}/user-a%2fb.key`];
const PRESENT = {
  login: 'pi pi\n',
  'client-certificates': `${PATHS.toSorted().join('\n')}\n`,
  [`file:${CA}`]: own('broker ca', 'root root 644'),
  [`file:${SAM_PEM}`]: own('chain of sam'),
  [`file:${SAM_KEY}`]: own('key of sam'),
  [`file:${FOLDER}/user-a%2fb.pem`]: own('chain of a/b'),
  [`file:${FOLDER}/user-a%2fb.key`]: own('key of a/b'),
};
const EMPTY = { login: 'pi pi\n', 'client-certificates': '' };

const planWith = (facts: Readonly<Record<string, string>>, options: Stub = {}) => {
  const { certificates, asked } = stub(options);
  return {
    asked,
    plan: clientCertificates(LAB, USERS, certificates).plan(factsOf(new Map(Object.entries(facts))), []),
  };
};
const texts = (items: readonly Item[]) =>
  items.map(({ action, name, detail = '' }) => `${action} ${name} ${detail}`.trim());
const scriptOf = async ({ plan }: ReturnType<typeof planWith>) =>
  (await plan.change?.prepare?.(new AbortController().signal)) ?? '';

test('changes nothing where the files are right', (t) => {
  const { plan } = planWith(PRESENT);
  t.deepEqual(
    texts(plan.items),
    PATHS.map((path) => `unchanged ${path}`),
  );
  t.is(plan.change, undefined);
});

test('creates the CA for everybody, and the pairs for the user who logs in', async (t) => {
  const planned = planWith(EMPTY, { isMade: false });
  t.deepEqual(
    texts(planned.plan.items),
    PATHS.map((path) => `create ${path} missing`),
  );
  const script = await scriptOf(planned);
  t.is(syntaxError(script), '');
  // the broker's own names are not known to a Pi
  t.deepEqual(planned.asked, [undefined]);
  const staged = [...script.matchAll(/^stage \d+ '?(\S+?)'? (\d+) <<'END'\n(.*)$/gm)].map(([, ...words]) => words);
  t.deepEqual(staged, [
    ['root:root', '644', base64('broker ca')],
    ...['chain of sam', 'key of sam', 'chain of a/b', 'key of a/b'].map((text) => ['pi:pi', '600', base64(text)]),
  ]);
});

test('belongs to the login user of the host', async (t) => {
  const planned = planWith({ ...PRESENT, login: 'admin users\n' });
  t.deepEqual(
    texts(planned.plan.items),
    PATHS.map((path) => (path === CA ? `unchanged ${path}` : `change ${path} owner`)),
  );
  t.regex(await scriptOf(planned), /^stage 1 '?admin:users'? 600 /m);
});

test('replaces a certificate that is due, with its key', (t) => {
  const { plan } = planWith(PRESENT, { why: (user) => (user === 'sam' ? 'expires on 2030-04-01' : undefined) });
  t.deepEqual(
    texts(plan.items).filter((line) => !line.startsWith('unchanged')),
    [`change ${SAM_PEM} expires on 2030-04-01`, `change ${SAM_KEY} expires on 2030-04-01`],
  );
});

/** [file; what is wrong with it; the plan's detail] */
const drifts: readonly (readonly [path: string, answer: string, detail: string])[] = [
  [CA, own('another ca', 'root root 644'), 'content'],
  [CA, own('broker ca', 'root root 666'), 'mode'],
  [SAM_KEY, own('key of sam', 'pi pi 644'), 'mode'],
  [SAM_PEM, own('another chain'), 'content'],
];

for (const [path, answer, detail] of drifts) {
  test(`corrects the ${detail} of ${path}, without showing it`, (t) => {
    const { plan } = planWith({ ...PRESENT, [`file:${path}`]: answer });
    const changed = plan.items.filter(({ action }) => action !== 'unchanged');
    t.deepEqual(texts(changed), [`change ${path} ${detail}`]);
    t.true(changed.every(({ diff }) => diff === undefined));
    t.false(JSON.stringify(plan).includes('key of'));
  });
}

test('removes the files of users who have no certificate any more', async (t) => {
  const stale = [`${FOLDER}/user-eve.key`, `${FOLDER}/user-it's.pem`];
  const planned = planWith({ ...PRESENT, 'client-certificates': [...PATHS, ...stale].join('\n') });
  t.deepEqual(
    texts(planned.plan.items).filter((line) => !line.startsWith('unchanged')),
    stale.map((path) => `remove ${path} no longer needed`),
  );
  const script = await scriptOf(planned);
  t.is(syntaxError(script), '');
  t.true(script.includes(`rm -rf ${FOLDER}/user-eve.key\n`));
  t.false(script.includes(`rm -rf ${FOLDER}\n`));
});

test('removes the folder where the lab has no TLS, and only where it exists', (t) => {
  const plan = (present: string) =>
    noClientCertificates(LAB).plan(factsOf(new Map([['client-certificates', present]])), []);
  t.deepEqual(plan(''), { items: [] });
  const { items, change } = plan(`${CA}\n`);
  t.deepEqual(texts(items), [`remove ${FOLDER}`]);
  t.is(change?.script, `rm -rf ${FOLDER} && rmdir --ignore-fail-on-non-empty /etc/mqtt-lab`);
  t.deepEqual(noClientCertificates(LAB).plan(factsOf(new Map()), []), { items: [] });
});

test('names the files of a user as the clients look for them', (t) => {
  t.deepEqual(clientFiles(FOLDER, 'a/b'), { chain: `${FOLDER}/user-a%2fb.pem`, key: `${FOLDER}/user-a%2fb.key` });
});
