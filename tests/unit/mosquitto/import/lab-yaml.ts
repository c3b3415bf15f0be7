import test from 'ava';
import { labYaml, variables } from '../../../../mosquitto/import/lab-yaml.ts';

test('each user has an environment variable of their own', (t) => {
  t.deepEqual(
    [...variables(['sam', 'Sam', 's am', 's-am', 'ü 1'])],
    [
      ['sam', 'LAB_PASSWORD_SAM'],
      ['Sam', 'LAB_PASSWORD_SAM_2'],
      ['s am', 'LAB_PASSWORD_S_AM'],
      ['s-am', 'LAB_PASSWORD_S_AM_2'],
      ['ü 1', 'LAB_PASSWORD___1'],
    ],
  );
});

const WRITTEN = {
  name: 'hub',
  broker: { host: 'local', port: 1883 },
  users: new Map([['sam', { hasPassword: true, hasCertificate: false }]]),
  groups: new Map(),
  topics: new Map([['a/#', { subscribe: ['sam'] }]]),
  advice: ['try it'],
  notes: [],
};

test('a note cannot end its comment', (t) => {
  const text = labYaml({ ...WRITTEN, notes: [{ file: '/a\nusers: {}', line: 1, text: 'x\u2028y\u0085z' }] });
  t.is(text.match(/^users:/gm)?.length, 1);
  t.regex(text, /^# \/a users: \{\}:1: x/m);
});

test('throws where the lab file would not load', (t) => {
  t.throws(() => labYaml({ ...WRITTEN, topics: new Map([['a#', { subscribe: ['sam'] }]]) }), {
    message: /out of place/,
  });
});
