import test from 'ava';
import { saltFrom, sha512Crypt } from '../../../../pi/card/sha512-crypt.ts';

/** From the specification (Ulrich Drepper, SHA-crypt), and of `openssl passwd -6`; the last one is longer than a digest. */
const VECTORS: readonly (readonly [password: string, salt: string, hash: string])[] = [
  [
    'Hello world!',
    'saltstring',
    'svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
  [
    'grüße',
    '0123456789abcdef',
    'T7LImBCK0XBkFvdqV3IhPId14Fbnikq4YPrXlaCO/yuK2/l1N2/lAdkwwysPVIJSkYC2zBkPCEJVzPbWv7N/s0',
  ],
  ['x'.repeat(70), 'q.', 'nX9Y0gIwhQcMZ36oqc0UntIHjr96Z954Jyxh885pBe9S2NPa55.fLILncTKVnQ7vDBUmiMwU/NGPXeKKJh0k50'],
];

for (const [password, salt, hash] of VECTORS) {
  test(`hashes ${password.slice(0, 20)} as crypt(3) does`, (t) => {
    t.is(sha512Crypt(password, salt), `$6$${salt}$${hash}`);
  });
}

test('makes a salt of 16 characters, the same for the same secret alone', (t) => {
  t.regex(saltFrom('x'), /^[./0-9A-Za-z]{16}$/);
  t.is(saltFrom('x'), saltFrom('x'));
  t.not(saltFrom('x'), saltFrom('y'));
});
