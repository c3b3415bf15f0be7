import test from 'ava';
import { renderAcl } from '../../../mosquitto/acl.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

/** [the lab file's topics; what follows the header] */
const rows: readonly (readonly [topics: string, sections: string])[] = [
  ['{}', ''],
  ['{ a: {} }', ''],
  ['{ a: { publish: [sam] } }', '\nuser sam\ntopic write a\n'],
  ['{ a: { subscribe: [sam] } }', '\nuser sam\ntopic read a\n'],
  ['{ a: { lastWill: [sam] } }', '\nuser sam\ntopic write a\n'],
  ['{ a: { publish: [sam], lastWill: [sam] } }', '\nuser sam\ntopic write a\n'],
  ['{ a: { publish: [sam], subscribe: [sam] } }', '\nuser sam\ntopic readwrite a\n'],
  ['{ a: { subscribe: [sam], lastWill: [sam] } }', '\nuser sam\ntopic readwrite a\n'],
  ['{ a: { publish: [alice] }, b: { subscribe: [sam] } }', '\nuser sam\ntopic read b\n\nuser alice\ntopic write a\n'],
  [
    '{ a: { publish: [sam], subscribe: [alice], lastWill: [sam, alice] } }',
    '\nuser sam\ntopic write a\n\nuser alice\ntopic readwrite a\n',
  ],
  ['{ "a b/c d": { publish: [sam] } }', '\nuser sam\ntopic write a b/c d\n'],
  ['{ "read x": { publish: [sam] } }', '\nuser sam\ntopic write read x\n'],
];

for (const [topics, sections] of rows) {
  test(topics, (t) => {
    t.is(renderAcl(labOf(`${TWO_USERS}topics: ${topics}`)), `# mqtt-lab "two"\n${sections}`);
  });
}

test('writes a user name with a blank as one name', (t) => {
  const lab = labOf('name: a\nusers: { "sam smith": { password: x } }\ntopics: { t: { publish: [sam smith] } }');
  t.true(renderAcl(lab).endsWith('\nuser sam smith\ntopic write t\n'));
});
