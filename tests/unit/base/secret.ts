import { randomBytes } from 'node:crypto';
import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { hostReporter } from '../../../base/progress.ts';
import { masked, maskedValue, Secret } from '../../../base/secret.ts';

const token = randomBytes(900).toString('base64url');
const secret = new Secret(token);

test('a Secret prints as [secret]', (t) => {
  t.is(`${secret}`, '[secret]');
  t.is(JSON.stringify({ secret }), '{"secret":"[secret]"}');
  t.is(secret.reveal(), token);
});

test('hides a secret and each piece of 8 characters or more', (t) => {
  t.is(masked(token), '[secret]');
  t.is(masked(`Unknown option '${token.slice(1020)}'`), "Unknown option '[secret]'");
  t.is(masked(`a ${token.slice(5, 13)} b ${token.slice(40, 99)} c`), 'a [secret] b [secret] c');
  t.is(masked(token.slice(0, 7)), token.slice(0, 7));
  t.is(masked('nothing secret'), 'nothing secret');
  t.is(masked(''), '');
});

test('hides two secrets side by side', (t) => {
  const [one, other] = ['first-secret-word', 'other-secret-word'];
  for (const text of [one, other]) t.is(new Secret(text).reveal(), text);
  t.is(masked(`${one}${other}`), '[secret][secret]');
});

test('leaves a secret of less than 8 characters, which may be a name as well', (t) => {
  t.is(new Secret('sam').reveal(), 'sam');
  t.is(masked('the broker accepts sam'), 'the broker accepts sam');
});

test('hides secrets in each text of a value', (t) => {
  const value = { id: 'a', lines: [`-P ${token}`, 7, null], at: { text: token } };
  t.deepEqual(maskedValue(value), { id: 'a', lines: ['-P [secret]', 7, null], at: { text: '[secret]' } });
});

test('hides secrets in what an error quotes and in the output of a step', (t) => {
  const error = new LabError({ subject: 'pi', step: 'log in', happened: `refused ${token}` }, 'failed');
  t.is(error.message, 'pi: log in: refused [secret]');
  t.is(error.trouble.happened, 'refused [secret]');
  const shown: string[] = [];
  hostReporter(({ text }) => shown.push(text), 'pi').detail(`Get:1 ${token.slice(9, 30)}`);
  t.deepEqual(shown, ['Get:1 [secret]']);
});
