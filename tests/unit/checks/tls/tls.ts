import test from 'ava';
import { THIS_MACHINE } from '../../../../checks/harness/check.ts';
import { tls } from '../../../../checks/tls/tls.ts';
import { LISTENERS, labWith, testLabOf } from './_listeners.ts';

const ALL = tls(testLabOf(labWith(LISTENERS)));
const idsOf = (port: number, place: string) =>
  ALL.map(({ id }) => id)
    .filter((id) => id.includes(`.${port}`) && id.endsWith(place))
    .map((id) => id.replace(`.${place}`, ''));

test('a lab with one plain listener has no such check', (t) => {
  t.deepEqual(tls(testLabOf(labWith('[{ port: 1883 }]'))), []);
});

test('a listener with TLS has the same checks on this machine and on a Pi', (t) => {
  const expected = [
    ...[
      'tls.certificate.8883',
      'tls.distrust.8883.no-ca',
      'tls.distrust.8883.other-ca',
      'tls.distrust.8883.other-name',
    ],
    ...['tls.version.8883.tls10', 'tls.version.8883.tls11', 'tls.version.8883.tls12', 'tls.version.8883.tls13'],
    'tls.plain.8883',
  ];
  t.deepEqual(idsOf(8883, 'this-machine'), expected);
  t.deepEqual(idsOf(8883, 'hall%2E1'), [...expected, 'tls.bind.8883']);
});

test('a listener that requires certificates also refuses each wrong one', (t) => {
  const clients = idsOf(8884, 'this-machine').filter((id) => id.startsWith('tls.client'));
  const kinds = ['none', 'self-signed', 'other-ca', 'expired', 'revoked', 'own'];
  t.deepEqual(
    clients,
    kinds.map((kind) => `tls.client.8884.${kind}`),
  );
});

test('a plain listener speaks no TLS, and a Pi does not reach one on loopback', (t) => {
  t.true(idsOf(1883, 'this-machine').includes('tls.none.1883'));
  t.deepEqual(idsOf(1884, 'hall%2E1'), ['tls.bind.1884']);
});

test('each kind of listener that no user prefers carries a login, a message and a last will', (t) => {
  for (const port of [1883, 8884, 9001]) {
    for (const word of ['login', 'message', 'will']) {
      t.true(
        ALL.some(({ id }) => id === `tls.${word}.${port}.v5`),
        `${word} ${port}`,
      );
    }
  }
  t.false(ALL.some(({ id }) => id.startsWith('tls.login.8883')));
  t.true(ALL.every(({ id, waits = false }) => waits === id.startsWith('tls.will')));
});

test('ids are unique, and a check on a Pi says so', (t) => {
  t.is(new Set(ALL.map(({ id }) => id)).size, ALL.length);
  for (const { id, host = THIS_MACHINE } of ALL) t.is(host, id.endsWith('.hall%2E1') ? 'hall.1' : THIS_MACHINE, id);
});

test('where the certificate is wrong, its own check is judged all the same', (t) => {
  const certificate = ALL.find(({ id }) => id === 'tls.certificate.8883.hall%2E1');
  t.deepEqual(certificate?.needs, [{ host: 'hall.1', of: 'commands' }]);
});

test("skips certificates that only an external broker's CA could sign", async (t) => {
  const checks = tls(testLabOf(labWith(LISTENERS), 'external'));
  for (const kind of ['expired', 'revoked']) {
    const check = checks.find(({ id }) => id === `tls.client.8884.${kind}.this-machine`);
    const finding = await check?.run();
    t.is(finding?.verdict, 'skipped');
    t.regex(finding?.reason ?? '', /no key of the external broker's CA/);
  }
});
