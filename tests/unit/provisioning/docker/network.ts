import test from 'ava';
import { cidrOf, formatCidr, overlap } from '../../../../base/ipv4.ts';
import { bridgeName, freeSubnet } from '../../../../provisioning/docker/network.ts';

const range = { address: 0xc612_0000, prefix: 15 };

for (const lab of ['a', 'checkpoint-3', 'x'.repeat(40)]) {
  test(`names network and bridge of ${lab}`, (t) => {
    const subnet = freeSubnet(lab, []);
    t.true(overlap(subnet, range));
    t.deepEqual([subnet.prefix, freeSubnet(lab, [])], [24, subnet]);
    t.regex(bridgeName(lab), /^lab-[0-9a-f]+$/);
    t.true(bridgeName(lab).length <= 15, 'IFNAMSIZ');
  });
}

test('gives each lab its own network and bridge', (t) => {
  t.notDeepEqual(freeSubnet('one', []), freeSubnet('two', []));
  t.not(bridgeName('one'), bridgeName('two'));
});

test('skips a network that overlaps a used one', (t) => {
  const first = freeSubnet('a', []);
  const next = { ...first, address: first.address + 256 };
  t.deepEqual(freeSubnet('a', [first]), next);
  t.deepEqual(freeSubnet('a', [{ address: first.address + 128, prefix: 25 }]), next);
  t.deepEqual(freeSubnet('a', [{ address: first.address, prefix: 30 }]), next);
});

test('continues at the start of the range after its end', (t) => {
  const taken = Array.from({ length: 512 }, (_, index) => ({ address: range.address + index * 256, prefix: 24 }));
  for (const left of [0, 511]) {
    t.deepEqual(
      freeSubnet(
        'a',
        taken.filter((_, index) => index !== left),
      ),
      taken[left],
    );
  }
  t.throws(() => freeSubnet('a', taken), { message: /all 512 networks/ });
  const home = cidrOf('192.168.1.0/24');
  t.true(home !== undefined && formatCidr(freeSubnet('a', [home])).startsWith('198.1'));
});
