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

/** [groups and topics; what follows the header] */
const filters: readonly (readonly [text: string, sections: string])[] = [
  // rules in the order of the file, `deny` too
  [
    'topics: { "b/#": { publish: [sam] }, a: { deny: [sam] }, "a/+": { subscribe: [all] } }',
    '\nuser sam\ntopic write b/#\ntopic deny a\ntopic read a/+\n\nuser alice\ntopic read a/+\n',
  ],
  ['topics: { a: { publish: [sam], subscribe: [sam], deny: [sam] } }', '\nuser sam\ntopic deny a\n'],
  [
    'groups: { people: [alice, sam], nobody: [] }\ntopics: { a: { publish: [people, nobody] } }',
    '\n# group people: alice, sam\n# group nobody: nobody\n\nuser sam\ntopic write a\n\nuser alice\ntopic write a\n',
  ],
  ['groups: { people: [sam] }', '\n# group people: sam\n'],
  // named users get rules with their names, `all` gets a pattern
  [
    'topics: { "a/%u/#": { publish: [sam, alice], subscribe: [all] } }',
    '\nuser sam\ntopic write a/sam/#\n\nuser alice\ntopic write a/alice/#\n\n# every user\npattern read a/%u/#\n',
  ],
  [
    'topics: { "%u/%c": { publish: [all], lastWill: [all], subscribe: [all] }, "%u": { lastWill: [all] } }',
    '\n# every user\npattern readwrite %u/%c\npattern write %u\n',
  ],
  [
    'topics: { "a/%u": { publish: [sam], lastWill: [all], deny: [alice] } }',
    '\nuser sam\ntopic write a/sam\n\nuser alice\ntopic deny a/alice\n\n# every user\npattern write a/%u\n',
  ],
];

for (const [text, sections] of filters) {
  test(text, (t) => {
    t.is(renderAcl(labOf(`${TWO_USERS}${text}`)), `# mqtt-lab "two"\n${sections}`);
  });
}

for (const [topics, sections] of rows) {
  test(topics, (t) => {
    t.is(renderAcl(labOf(`${TWO_USERS}topics: ${topics}`)), `# mqtt-lab "two"\n${sections}`);
  });
}

test('writes a user name with a blank as one name', (t) => {
  const lab = labOf('name: a\nusers: { "sam smith": { password: x } }\ntopics: { t: { publish: [sam smith] } }');
  t.true(renderAcl(lab).endsWith('\nuser sam smith\ntopic write t\n'));
});
