import test from 'ava';
import { filesHere } from '../../../deployment/files-here.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = { ...labOf(TWO_USERS), directory: '/home/labs' };
const user = { name: 'a/b', password: undefined } as const;

test("finds what the lab's CA has signed beside the lab file", (t) => {
  t.deepEqual(filesHere(lab, { ...user, certificate: 'lab' }), {
    ca: '/home/labs/.lab/ca/ca.pem',
    certificate: '/home/labs/.lab/ca/user-a%2fb.pem',
    key: '/home/labs/.lab/ca/user-a%2fb.key',
  });
});

test('finds certificates of the lab file where they are', (t) => {
  const own = { certificate: '/certs/b.pem', key: '/certs/b.key' };
  const tls = { own: { certificate: undefined, key: undefined, ca: '/certs/ca.pem' }, revoke: [] };
  const found = filesHere({ ...lab, broker: { ...lab.broker, tls } }, { ...user, certificate: own });
  t.deepEqual(found, { ca: '/certs/ca.pem', ...own });
});
