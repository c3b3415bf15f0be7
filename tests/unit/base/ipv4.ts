import test from 'ava';
import { cidrOf, formatCidr, networkOf, overlap } from '../../../base/ipv4.ts';

for (const text of ['0.0.0.0/0', '10.0.0.0/8', '198.18.7.9/24', '255.255.255.255/32']) {
  test(`formats ${text} as it was`, (t) => {
    const parsed = cidrOf(text);
    t.truthy(parsed);
    if (parsed !== undefined) t.is(formatCidr(parsed), text);
  });
}

for (const text of [
  '',
  '10.0.0.0',
  '10.0.0/8',
  '256.0.0.0/8',
  '10.0.0.0/33',
  '10.0.0.0/8 ',
  'fe80::1/64',
  '-1.0.0.0/8',
]) {
  test(`is not a network: ${JSON.stringify(text)}`, (t) => {
    t.is(cidrOf(text), undefined);
  });
}

/** [one; its network; the other; whether they overlap] */
const rows: readonly (readonly [string, string, string, boolean])[] = [
  ['198.18.7.9/24', '198.18.7.0/24', '198.18.7.128/25', true],
  ['198.18.7.9/24', '198.18.7.0/24', '198.18.8.0/24', false],
  ['198.18.7.9/24', '198.18.7.0/24', '198.18.0.0/15', true],
  ['10.1.2.3/32', '10.1.2.3/32', '10.1.2.3/32', true],
  ['10.1.2.3/32', '10.1.2.3/32', '10.1.2.2/32', false],
  ['255.255.255.255/1', '128.0.0.0/1', '127.255.255.255/8', false],
  ['10.0.0.0/8', '10.0.0.0/8', '0.0.0.0/0', true],
];

for (const [one, network, other, expected] of rows) {
  test(`${one} and ${other}`, (t) => {
    const [a, b] = [cidrOf(one), cidrOf(other)];
    if (a === undefined || b === undefined) return t.fail('not parsed');
    t.is(formatCidr(networkOf(a)), network);
    t.is(overlap(a, b), expected);
    t.is(overlap(b, a), expected);
  });
}
