import test from 'ava';
import { judgeClientLogin, judgeRefusal } from '../../../../checks/auth/login-verdict.ts';
import { parseAttempts } from '../../../../probes/clients/login-attempts.ts';
import type { Handshake } from '../../../../probes/mqtt/handshake.ts';
import type { Verdict } from '../../../../records/record.ts';

const REFUSALS: readonly [Handshake, 4 | 5, { lab: Verdict; external: Verdict }][] = [
  [{ answer: '20 02 00 05', closedBy: 'broker' }, 4, { lab: 'pass', external: 'pass' }],
  [{ answer: '20 02 00 04', closedBy: 'broker' }, 4, { lab: 'fail', external: 'pass' }],
  [{ answer: '20 02 00 00', closedBy: 'nobody' }, 4, { lab: 'fail', external: 'fail' }],
  [{ answer: '20 02 00 05', closedBy: 'nobody' }, 4, { lab: 'fail', external: 'fail' }],
  [{ answer: '', closedBy: 'broker' }, 4, { lab: 'fail', external: 'pass' }],
  [{ answer: '', closedBy: 'broker', error: 'connect ECONNREFUSED' }, 4, { lab: 'fail', external: 'fail' }],
  [{ answer: '', closedBy: 'broker', error: 'read ECONNRESET' }, 4, { lab: 'fail', external: 'pass' }],
  [{ answer: '20 02 00 00', closedBy: 'broker', error: 'read ECONNRESET' }, 4, { lab: 'fail', external: 'fail' }],
  [{ answer: '20 03 00 87 00', closedBy: 'broker' }, 5, { lab: 'pass', external: 'pass' }],
  [{ answer: '20 03 00 86 00', closedBy: 'broker' }, 5, { lab: 'fail', external: 'pass' }],
  [{ answer: '20 09 00 00 06 22 00 0a 21 00 14', closedBy: 'nobody' }, 5, { lab: 'fail', external: 'fail' }],
];

for (const [seen, version, { lab, external }] of REFUSALS) {
  test(`judges a refusal: ${seen.answer || 'no answer'}, closed by ${seen.closedBy}, level ${version}, ${seen.error ?? 'no error'}`, (t) => {
    t.is(judgeRefusal(seen, version, 'lab').verdict, lab);
    t.is(judgeRefusal(seen, version, 'external').verdict, external);
  });
}

/** [the answer of a broker that announces limits; the verdict] */
const LIMITED: readonly (readonly [answer: string, verdict: Verdict])[] = [
  ['20 03 00 87 00', 'pass'],
  ['20 05 00 87 02 24 01', 'pass'],
  ['20 05 00 86 02 24 01', 'fail'],
  ['20 05 00 87 02 24', 'fail'],
  ['20 05 00 87 02 24 01 20', 'fail'],
];

for (const [answer, verdict] of LIMITED) {
  test(`judges the refusal of a broker that announces limits: ${answer}`, (t) => {
    const seen = { answer, closedBy: 'broker' } as const;
    t.is(judgeRefusal(seen, 5, 'lab', { announcesLimits: true }).verdict, verdict);
  });
}

const LOGINS = `ATTEMPT
Client (null) sending CONNECT
Client (null) received CONNACK (5)
Client (null) sending DISCONNECT
Connection error: Connection Refused: not authorised.
EXIT 5
ATTEMPT
Error: Connection refused
EXIT 1
ATTEMPT
Client a received CONNACK (0)
EXIT 0
`;

test('judges logins by mosquitto_sub: refused, unreachable, accepted', (t) => {
  const [refused, unreachable, accepted] = parseAttempts(LOGINS);
  const verdicts = (isAccepted: boolean) =>
    [refused, unreachable, accepted].map((seen) => judgeClientLogin(seen, { isAccepted, version: 4 }, 'lab').verdict);
  t.deepEqual(verdicts(false), ['pass', 'fail', 'fail']);
  t.deepEqual(verdicts(true), ['fail', 'fail', 'pass']);
  const { reason = '', advice = '' } = judgeClientLogin(unreachable, { isAccepted: true, version: 4 }, 'lab');
  t.regex(reason, /mosquitto_sub: Error: Connection refused/);
  t.regex(advice, /lab status/);
  t.is(judgeClientLogin(undefined, { isAccepted: true, version: 4 }, 'lab').verdict, 'fail');
});

test('lets an external broker refuse with any code or by closing, but not without an answer', (t) => {
  const sent = 'Client (null) sending CONNECT\n';
  const attempts = parseAttempts(
    [
      `${sent}Client (null) received CONNACK (4)\nEXIT 4`,
      `${sent}Error: The connection was lost.\nEXIT 7`,
      'EXIT 1',
      `${sent}EXIT 124`,
      'EXIT 127',
    ]
      .map((section) => `ATTEMPT\n${section}\n`)
      .join(''),
  );
  t.deepEqual(
    attempts.map((seen) => judgeClientLogin(seen, { isAccepted: false, version: 4 }, 'external').verdict),
    ['pass', 'pass', 'fail', 'fail', 'fail'],
  );
});
