import test from 'ava';
import { bootOf, rebootOnce } from '../../../pi/reboot-once.ts';
import { NO_FACTS } from '../../../provisioning/resources/resource.ts';
import { factsOf } from '../_facts.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

/** The answer of a Pi that was switched on at 1000 s. */
const answer = (installed: string, note = '', started = 100) =>
  `mark boot-2 ${started}\nstarted ${started}\ninstalled ${installed}\nup 50.25\nnow 1050.250000000\nnote ${note}\n`;

/** [case; the host's answer; whether it booted after the installation] */
const rows: readonly (readonly [what: string, output: string, isAfter: boolean])[] = [
  ['installed before the boot', answer('900.5'), true],
  ['installed in this boot', answer('1040.123456789'), false],
  ['installed half a second before process 1 began', answer('1000.500000000'), true],
  ['installed half a second after process 1 began', answer('1001.500000000'), false],
  ['a container that was restarted since', answer('1040.1', '', 4500), true],
  ['a clock that is behind after an ordered reboot', answer('2000.5', '2000.5 boot-1 100'), true],
  ['a reboot that was ordered and has not happened', answer('1040.5', '1040.5 boot-2 100'), false],
  ['a reboot that was ordered for an earlier installation', answer('1040.5', '700.5 boot-1 100'), false],
  ['a malformed note', answer('1040.5', '$(reboot)'), false],
];
for (const [what, output, isAfter] of rows) {
  test(what, (t) => t.is(bootOf({ code: 0, output })?.isAfterInstallation, isAfter));
}

test('is undefined without clients', (t) => {
  t.is(bootOf({ code: 1, output: '' }), undefined);
});

test('reboot: true adds a reboot to the plan after new packages', (t) => {
  const lab = labOf(`${TWO_USERS}pis: { a: { host: container }, b: { host: container, reboot: true } }`);
  const [none = [], once = []] = lab.pis.map((pi) => rebootOnce(lab, pi));
  t.deepEqual(none, []);
  const actions = (output: string, earlier: 'create' | 'unchanged') =>
    once.flatMap((resource) =>
      resource
        .plan(output === '' ? NO_FACTS : factsOf(new Map([['boot', output]])), [
          { action: earlier, kind: 'package', name: 'mosquitto-clients' },
        ])
        .items.map(({ action }) => action),
    );
  t.deepEqual(actions('', 'create'), ['change']);
  t.deepEqual(actions(answer('900.5'), 'create'), ['change']);
  t.deepEqual(actions(answer('900.5'), 'unchanged'), ['unchanged']);
  t.deepEqual(actions(answer('1040.5'), 'unchanged'), ['change']);
});
