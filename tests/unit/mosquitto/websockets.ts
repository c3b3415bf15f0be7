import test, { type ExecutionContext } from 'ava';
import { LabError } from '../../../base/errors.ts';
import { webSockets } from '../../../mosquitto/websockets.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { programsFor, sh, syntaxError } from '../_sh.ts';
import { planOf } from './_resource.ts';

const lab = labOf(`${TWO_USERS}broker: { listeners: [{ port: 1883 }, { port: 9001, protocol: websockets }] }`);
const [resource] = webSockets(lab);

test('asks only for a lab with WebSockets', (t) => {
  t.deepEqual(webSockets(labOf(TWO_USERS)), []);
  t.is(webSockets(lab).length, 1);
});

for (const answer of ['yes\n', '', undefined]) {
  test(`passes where the host answers ${JSON.stringify(answer)}`, (t) => {
    t.deepEqual(resource && planOf(resource, answer), { items: [] });
  });
}

test('refuses a Mosquitto without WebSockets, with the ports and what helps', (t) => {
  const error = t.throws(() => resource && planOf(resource, 'no 2.0.11-1.2+deb12u2\n'), { instanceOf: LabError });
  t.is(error?.exitCode, 2);
  t.regex(error?.message ?? '', /2\.0\.11.*no WebSockets.*9001/);
  t.notRegex(error?.message ?? '', /1883/);
  t.regex(error?.message ?? '', /try: .*Debian 13.*mosquitto\.org/);
});

/** [the package's version; what it needs; the answer before it is installed] */
const packages: readonly (readonly [version: string, depends: string, answer: string])[] = [
  ['2.0.11-1.2+deb12u2', 'libc6, libcjson1, libssl3', 'no 2.0.11-1.2+deb12u2'],
  ['2.0.21-1+deb13u1', 'libc6, libwebsockets19t64 (>= 4.3)', 'yes'],
  ['2.1.2-1', 'libc6, libssl3', 'yes'],
];

function answerOf(t: ExecutionContext, record: string): string {
  const path = programsFor(t, { 'apt-cache': `printf '%s' '${record}'`, 'dpkg-query': 'exit 1' });
  const script = (resource?.queries[0]?.script ?? '').replaceAll('/usr/sbin/mosquitto', '/nowhere/mosquitto');
  t.is(syntaxError(script), '');
  return sh(script, { path }).stdout.trim();
}

for (const [version, depends, answer] of packages) {
  test(`knows before the installation of ${version}: ${answer}`, (t) => {
    t.is(answerOf(t, `Package: mosquitto\nVersion: ${version}\nDepends: ${depends}\n`), answer);
  });
}

test('knows nothing where apt has no such package', (t) => {
  t.is(answerOf(t, ''), '');
});
