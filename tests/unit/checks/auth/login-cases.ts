import test from 'ava';
import { Secret } from '../../../../base/secret.ts';
import { loginCases } from '../../../../checks/auth/login-cases.ts';
import { labOf } from '../../_lab.ts';

const lab = labOf('name: l\nusers: { eve: { password: e }, sam: { password: s }, alice: { password: a } }\n');

test('gives every kind of login over both versions a unique id', (t) => {
  const all = loginCases(lab);
  t.is(new Set(all.map(({ kind, name }) => `${kind}.${name}`)).size, all.length);
  t.is(all.filter(({ isAccepted }) => isAccepted).length, 2 * lab.users.length);
  t.is(all.filter(({ isEverywhere }) => isEverywhere).length, 2 * (3 * lab.users.length + 2));
});

test('leaves out a wrong login that happens to be right', (t) => {
  // eve's password is her name, sam's is eve's in the other case, and two users share one
  const passwords = { eve: 'eve', sam: 'EVE', alice: 'é ', bob: 'é ' };
  const users = Object.entries(passwords).map(([name, text]) => ({ name, password: new Secret(text) }));
  const all = loginCases({ ...lab, users });
  const right = new Map(Object.entries(passwords));
  const isRight = ({ login }: (typeof all)[number]) =>
    login?.password !== undefined && right.get(login.user) === login.password;
  t.deepEqual(
    all.filter((attempt) => isRight(attempt) !== attempt.isAccepted).map(({ name }) => name),
    [],
  );
  t.is(new Set(all.map(({ kind, name }) => `${kind}.${name}`)).size, all.length);
});
