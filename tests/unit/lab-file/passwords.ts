import test from 'ava';
import type { Reading } from './_reading.ts';
import { read } from './_reading.ts';

const KINDS = 'text, { env: NAME } or { file: PATH } is allowed (quote text that YAML would read as something else)';
const ONE_LINE = 'holds a line break or a NUL; a single line is allowed';
const QUOTE = 'allowed keys: password, certificate (quote a password that holds a comma, colon, # or bracket)';
const FILE = 'a UTF-8 text file is allowed, relative to the lab file or starting with ~/';

const accepted: readonly (readonly [written: string, password: string, reading?: Reading])[] = [
  ['sam', 'sam'],
  ['1234', '1234'],
  ['0123', '0123'],
  ['1e3', '1e3'],
  ['0x1F', '0x1F'],
  ['1_000', '1_000'],
  ['12345678901234567890', '12345678901234567890'],
  ['true', 'true'],
  ['.inf', '.inf'],
  ['"null"', 'null'],
  ['"  "', '  '],
  ['pa:ss#w', 'pa:ss#w'],
  ['{ env: LAB_SAM }', 'hunter2', { environment: { LAB_SAM: 'hunter2' } }],
  ['{ file: secret/sam }', 'hunter2', { files: { 'secret/sam': 'hunter2\n' } }],
  ['{ file: sam }', 'hunter2', { files: { sam: 'hunter2\r\n' } }],
  ['{ file: sam }', ' hunter 2 ', { files: { sam: ' hunter 2 ' } }],
];

for (const [index, [written, password, reading]] of accepted.entries()) {
  test(`accepts ${index}: ${written}`, (t) => {
    const { lab, mistakes } = read(`name: a\nusers:\n  sam: { password: ${written} }\n`, reading);
    t.deepEqual(mistakes, []);
    t.is(lab?.users[0]?.password?.reveal(), password);
  });
}

/** [a file with a byte order mark; what is wrong] */
const MARKED: readonly (readonly [bytes: readonly number[], problem: string])[] = [
  [[0xef, 0xbb, 0xbf, 0x68, 0x69], 'begins with a byte order mark'],
  [[0xff, 0xfe, 0x68, 0x00], 'is UTF-16'],
  [[0xfe, 0xff, 0x00, 0x68], 'is UTF-16'],
];

/** [the text after `sam: `, which starts in column 8 of line 3; the mistake without "lab.yaml:3:"; what is around the file] */
const refused: readonly (readonly [written: string, mistakes: readonly string[], reading?: Reading])[] = [
  ['{}', [`3: users.sam.password is missing; ${KINDS}`]],
  ['{ password: }', [`10: users.sam.password has no value; ${KINDS}`]],
  ['{ password: "" }', [`20: users.sam.password is empty; ${KINDS}`]],
  ['{ password: ~ }', [`10: users.sam.password has no value; ${KINDS}`]],
  ['{ password: [hunter2] }', [`20: users.sam.password is a list; ${KINDS}`]],
  ['{ password: { hunter2 } }', [`20: users.sam.password is a mapping; ${KINDS}`]],
  ['{ password: { env: A, file: B } }', [`20: users.sam.password is a mapping; ${KINDS}`]],
  ['{ password: x, hunter2 }', [`23: users.sam has an unknown key; ${QUOTE}`]],
  [
    '{ password: x, hunter2, hunter2 }',
    [
      `23: users.sam has an unknown key; ${QUOTE}`,
      '32: a key of users.sam is given twice, first on line 3; once is allowed',
    ],
  ],
  ['{ password: x, passw0rd }', [`23: users.sam has an unknown key (did you mean "password"?); ${QUOTE}`]],
  ['{ password: "hunter2\\n" }', [`20: users.sam.password ${ONE_LINE}`]],
  ['{ password: "hun\\0ter2" }', [`20: users.sam.password ${ONE_LINE}`]],
  [`{ password: ${'x'.repeat(65536)} }`, ['20: users.sam.password is too long; at most 65535 bytes are allowed']],
  [
    '{ password: { env: "1 A" } }',
    ['27: users.sam.password.env is not the name of an environment variable; letters, digits and _ are allowed'],
  ],
  [
    '{ password: { env: LAB_SAM } }',
    ['20: users.sam.password comes from the environment variable LAB_SAM, which is not set; set it to the password'],
  ],
  [
    '{ password: { env: LAB_SAM } }',
    ['20: users.sam.password comes from the environment variable LAB_SAM, which is empty; set it to the password'],
    { environment: { LAB_SAM: '' } },
  ],
  ['{ password: { env: LAB_SAM } }', [`20: users.sam.password ${ONE_LINE}`], { environment: { LAB_SAM: 'hunter\n2' } }],
  [
    '{ password: { file: sam } }',
    [`20: users.sam.password comes from the file "sam", which can't be read (ENOENT); ${FILE}`],
  ],
  [
    '{ password: { file: sam } }',
    [`20: users.sam.password comes from the file "sam", which can't be read (EISDIR); ${FILE}`],
    { files: { 'sam/inside': 'a folder' } },
  ],
  [
    '{ password: { file: sam } }',
    ['20: users.sam.password comes from the file "sam", which is empty; put the password there'],
    { files: { sam: '\n' } },
  ],
  [
    '{ password: { file: sam } }',
    [
      `20: users.sam.password comes from the file "sam", which can't be read (ERR_ENCODING_INVALID_ENCODED_DATA); ${FILE}`,
    ],
    { files: { sam: Uint8Array.of(0x68, 0xff) } },
  ],
  ...MARKED.map(
    ([bytes, problem]) =>
      [
        '{ password: { file: sam } }',
        [
          `20: users.sam.password comes from the file "sam", which ${problem}; save it as UTF-8 without a byte order mark`,
        ],
        { files: { sam: Uint8Array.from(bytes) } },
      ] as const,
  ),
  ['{ password: { file: sam } }', [`20: users.sam.password ${ONE_LINE}`], { files: { sam: 'hunter2\n\n' } }],
  ['{ password: { file: "" } }', ['28: users.sam.password.file is empty; a file path is allowed']],
];

for (const [index, [written, mistakes, reading]] of refused.entries()) {
  test(`refuses ${index}: ${written.slice(0, 60)}`, (t) => {
    const found = read(`name: a\nusers:\n  sam: ${written}\n`, reading).mistakes;
    t.deepEqual(
      found,
      mistakes.map((mistake) => `lab.yaml:3:${mistake}`),
    );
    t.false(found.join().includes('hunter'));
  });
}

test('removes the variables of passwords, and no others', (t) => {
  const environment: Record<string, string> = { A: 'one', B: 'two' };
  const text = 'name: a\nusers: { sam: { password: { env: A } }, alice: { password: { env: A } } }';
  const { lab } = read(text, { environment });
  t.deepEqual(
    lab?.users.map(({ password }) => password?.reveal()),
    ['one', 'one'],
  );
  t.deepEqual(environment, { B: 'two' });
});

test('without a login, the lab has no users and passwords may be missing; other mistakes remain', (t) => {
  const users = 'users: { sam: { password: { env: UNSET } }, alice: { password: { file: missing } } }';
  const { lab, mistakes } = read(`name: a\n${users}\ntopics: { t: { publish: [sam] } }`, { logsIn: false });
  t.deepEqual(mistakes, []);
  t.deepEqual(lab?.users, []);
  const environment: Record<string, string> = { A: 'one' };
  t.deepEqual(read('name: a\nusers: { sam: { password: { env: A } } }', { logsIn: false, environment }).mistakes, []);
  t.deepEqual(environment, {});
  const bad = 'name: a\nbroker: { port: 0 }\nusers: { sam: { password: { env: UNSET } } }';
  t.deepEqual(read(bad, { logsIn: false }).mistakes.length, 1);
});

test("reads an SSH user's password from a variable, which it removes, or from a file", (t) => {
  const environment: Record<string, string> = { HUB: 'of the hub', SAM: 'x' };
  const text = [
    'name: a',
    'broker: { host: "ssh://root@hub", password: { env: HUB } }',
    'pis: { pi: { host: "ssh://pi@pi", password: { file: secret } }, other: { host: "ssh://pi@other" } }',
    'users: { sam: { password: { env: SAM } } }',
  ].join('\n');
  for (const logsIn of [true, false]) {
    const { lab, mistakes } = read(text, { environment: { ...environment }, files: { secret: 'of the pi\n' }, logsIn });
    t.deepEqual(mistakes, []);
    const hosts = [lab?.broker.host, ...(lab?.pis ?? []).map(({ host }) => host)];
    const passwords = hosts.map((host) => (host?.kind === 'ssh' ? host.password?.reveal() : 'no ssh'));
    t.deepEqual(passwords, ['of the hub', 'of the pi', undefined]);
    t.false(JSON.stringify(lab).includes('of the'));
  }
  read(text, { environment, files: { secret: 'x' } });
  t.deepEqual(environment, {});
});

/** [the password as written; the mistakes, from its column] */
const atHosts: readonly (readonly [written: string, mistakes: readonly string[]])[] = [
  ['hunter2', ['41: pis.pi.password is text; { env: NAME } or { file: PATH } is allowed, so that']],
  ['12345', ['41: pis.pi.password is a number; { env: NAME } or { file: PATH } is allowed, so that']],
  ['{ file: missing }', ['41: pis.pi.password comes from the file "missing", which can\'t be read (ENOENT)']],
  ['{ env: UNSET }', ['41: pis.pi.password comes from the environment variable UNSET, which is not set; set it']],
  ['"hunter2", hunter3', ['41: pis.pi.password is text; ', '52: pis.pi has an unknown key; allowed keys: host,']],
  ['{ env: A, hunter2: x }', ['51: pis.pi.password has an unknown key; allowed keys: env, file']],
];

for (const [written, mistakes] of atHosts) {
  test(`refuses an SSH user's password ${written}, and does not show it`, (t) => {
    const text = `name: a\npis: { pi: { host: "ssh://h", password: ${written} } }\nusers: { sam: { password: x } }`;
    const found = read(text, { environment: { A: 'hunter2' } }).mistakes;
    t.is(found.length, mistakes.length, found.join('\n'));
    for (const [index, mistake] of mistakes.entries())
      t.true(found[index]?.startsWith(`lab.yaml:2:${mistake}`), found[index]);
    t.false(found.join().includes('hunter'));
  });
}
