import test from 'ava';
import { containerNames } from '../../../deployment/containers.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

/** [the lab file's hosts; the machines that are containers] */
const rows: readonly (readonly [hosts: string, names: readonly string[]])[] = [
  ['', []],
  ['broker: { host: container }', ['broker']],
  ['pis: { b: { host: container }, a: { host: container } }', ['b', 'a']],
  [
    'broker: { host: container, address: b }\npis: { a: { host: "ssh://me@h" }, b: { host: container } }',
    ['broker', 'b'],
  ],
  ['broker: { host: external, address: h }\npis: { a: { host: "ssh://me@h" } }', []],
];

for (const [hosts, names] of rows) {
  test(JSON.stringify(hosts), (t) => {
    t.deepEqual(containerNames(labOf(`${TWO_USERS}${hosts}`)), names);
  });
}
