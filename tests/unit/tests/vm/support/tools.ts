import test from 'ava';
import { refusalFor } from '../../../../vm/support/tools.ts';

test('begins where no program is missing', (t) => {
  t.is(refusalFor([]), undefined);
});

test('names missing programs, and the Debian packages with them', (t) => {
  const one = refusalFor(['qemu-img']);
  t.is(one?.exitCode, 2);
  t.regex(one?.message ?? '', /qemu-img is missing\n {2}try: sudo apt-get install .*qemu-utils$/);
  const two = refusalFor(['qemu-system-x86_64', 'mke2fs'])?.message ?? '';
  t.regex(two, /qemu-system-x86_64, mke2fs are missing\n.* qemu-system-x86 e2fsprogs$/);
});
