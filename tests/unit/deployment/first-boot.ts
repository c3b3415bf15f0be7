import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LabError } from '../../../base/errors.ts';
import type { Progress } from '../../../base/progress.ts';
import { openAfterFirstBoot } from '../../../deployment/first-boot.ts';
import { cardFile } from '../../../lab-file/card-file.ts';
import type { HostAddress } from '../../../provisioning/hosts/open.ts';
import type { SshAnswer } from '../../../provisioning/hosts/ssh-answer.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { scriptedHosts } from '../_scripted-hosts.ts';
import { folderFor } from '../_sh.ts';

const WIFI = 'wifi: { ssid: Home, password: { env: UNSET }, country: SE }';
const { pis } = labOf(
  `${TWO_USERS}pis: { hall: { host: "ssh://pi@hall.invalid", ${WIFI} }, attic: { host: "ssh://pi@attic.invalid" } }`,
);
const placeOf = (name: string): HostAddress => {
  const host = pis.find((pi) => pi.name === name)?.host;
  if (host?.kind !== 'ssh') throw new Error(name);
  return host;
};

/** A lab with a card for `hall`, whose SSH answers so one time after the other, the last one for ever. */
function labWithCard(t: ExecutionContext, answers: readonly SshAnswer[], boundMs = 60_000) {
  const lab = { directory: folderFor(t), name: 'two', pis };
  const unreached = cardFile(lab, 'hall', 'unreached');
  mkdirSync(path.dirname(unreached), { recursive: true });
  writeFileSync(unreached, '');
  const seen: Progress[] = [];
  const { open } = scriptedHosts({ 'hall.invalid': { facts: {} }, 'attic.invalid': { facts: {} } });
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return answers[Math.min(asked, answers.length) - 1] ?? { kind: 'ssh' as const };
  };
  const report = (progress: Progress) => seen.push(progress);
  const opener = openAfterFirstBoot(lab, { report, open, ask, boundMs, pauseMs: 1 });
  return { opener, unreached, seen, asked: () => asked };
}

const UNKNOWN: SshAnswer = { kind: 'unknown name' };
const REFUSED: SshAnswer = { kind: 'refused' };

test('waits for the first boot of a card, reports each change, and waits no second time', async (t) => {
  const { opener, unreached, seen, asked } = labWithCard(t, [UNKNOWN, UNKNOWN, REFUSED, { kind: 'ssh' }]);
  t.is((await opener('hall', placeOf('hall'))).name, 'hall');
  t.is(asked(), 4);
  t.deepEqual(
    seen.map(({ host, kind }) => `${host} ${kind}`),
    ['hall step', 'hall step'],
  );
  t.regex(seen[0]?.text ?? '', /wait up to .* first boot: hall\.invalid does not resolve/);
  t.regex(seen[1]?.text ?? '', /hall\.invalid is up, and its SSH port is still closed/);
  t.false(existsSync(unreached));
  await opener('hall', placeOf('hall'));
  t.is(asked(), 4);
});

test('asks no Pi without a card, and no other host of that name', async (t) => {
  const { opener, asked, unreached } = labWithCard(t, [UNKNOWN]);
  await opener('attic', placeOf('attic'));
  await opener('hall', placeOf('attic'));
  t.is(asked(), 0);
  t.true(existsSync(unreached));
});

/** [the last answer; what happened; the advice] */
const failures: readonly (readonly [answer: SshAnswer, happened: RegExp, advice: RegExp])[] = [
  [UNKNOWN, /hall\.invalid does not resolve after/, /power.*LED.*Wi-Fi Home .*`ping hall\.invalid`/],
  [REFUSED, /hall\.invalid is up, and its SSH port is still closed after/, /cloud-init status --long/],
  [
    { kind: 'closed' },
    /hall\.invalid is up, and its SSH server closes the connection after/,
    /cloud-init status --long/,
  ],
  [{ kind: 'silent', why: 'no route' }, /no SSH answer from .*: no route/, /power.*Wi-Fi Home .*ping/],
];

for (const [answer, happened, advice] of failures) {
  test(`says what to look at after the bound: ${answer.kind}`, async (t) => {
    const { opener, unreached } = labWithCard(t, [answer], 20);
    const error = await t.throwsAsync(opener('hall', placeOf('hall')), { instanceOf: LabError });
    t.regex(error?.trouble.happened ?? '', happened);
    t.regex(error?.trouble.advice ?? '', advice);
    t.is(error?.exitCode, 2);
    t.true(error?.trouble.isLate);
    t.true(existsSync(unreached));
  });
}

test('ends at once when the signal comes', async (t) => {
  const { opener, asked } = labWithCard(t, [UNKNOWN]);
  const error = await t.throwsAsync(opener('hall', placeOf('hall'), AbortSignal.abort()), { instanceOf: LabError });
  t.is(error?.exitCode, 130);
  t.is(asked(), 0);
});
