import test from 'ava';
import ssh2 from 'ssh2';
import { ed25519Pair } from '../../../../provisioning/hosts/ed25519.ts';

test('discards a malformed pair', (t) => {
  const good = ed25519Pair();
  const pairs = [{ ...good, private: good.private.replace(/\n[^\n]{20}/, '\n') }, good];
  t.is(
    ed25519Pair('', () => pairs.shift() ?? good),
    good,
  );
  t.is(pairs.length, 0);
});

test('makes a thousand complete pairs: type, 32 bytes, and the same public key in the private one', (t) => {
  for (let count = 0; count < 1000; count += 1) {
    const pair = ed25519Pair('a comment');
    const [type = '', data = '', ...comment] = pair.public.split(' ');
    t.is(type, 'ssh-ed25519');
    t.is(Buffer.from(data, 'base64').length, 4 + type.length + 4 + 32);
    t.deepEqual(comment, ['a', 'comment']);
    const key = ssh2.utils.parseKey(pair.private);
    if (key instanceof Error) t.fail(key.message);
    else t.is(key.getPublicSSH().toString('base64'), data);
  }
});
