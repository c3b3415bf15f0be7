import test from 'ava';
import { USUAL } from '../lab/support/lab.ts';
import { nothingChanged, type Refused, repositoryLab, UP } from '../lab/support/repository-lab.ts';
import { VERSION } from '../lab/support/signed-repository.ts';

const lab = repositoryLab('slow-repository');
const { theLab, pi, wish, want, version } = lab;

const refused: readonly Refused[] = [
  [
    'an expired key',
    () => wish('expired', { key: 'expired.asc' }),
    /the key has expired; nothing was changed\n {4}W: .*(EXPKEYSIG|Expired on)/,
  ],
  [
    'an index that was changed after it was signed',
    () => wish('forged'),
    /its index is not what was signed.*\n {4}W: .*(BADSIG|manipulated)/,
  ],
  ['no signature', () => wish('unsigned'), /it is not signed; nothing was changed\n {4}E: .*is not signed\./],
  [
    'a component without the clients',
    () => wish('sound', { components: ['contrib'] }),
    /it has no mosquitto-clients for this Pi in \w+, component contrib/,
  ],
];
lab.refuses(refused);

test.serial('clients that are not there yet come from the repository at once', async (t) => {
  await pi().shell('dpkg --purge mosquitto-clients >/dev/null');
  await want(wish('sound'));
  const up = await theLab().run(UP);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^pi +~ install mosquitto-clients /m);
  t.notRegex(up.stdout, /in place of/);
  t.is(await version('mosquitto-clients'), VERSION);
});

test.serial('reboot: true restarts the Pi once after an installation, and no later up does', async (t) => {
  const before = await started();
  await theLab().write({ ...USUAL, pis: { pi: { host: 'container', repository: wish('sound'), reboot: true } } });
  const plan = await theLab().run(['plan', '--only', 'pi']);
  t.regex(plan.stdout, /^ {2}~ machine pi \(reboot: its packages are newer\)$/m);
  t.is(await started(), before);
  const up = await theLab().run(UP);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^pi +~ reboot \(/m);
  const after = await started();
  t.not(after, before);
  nothingChanged(t, await theLab().run(UP));
  t.is(await started(), after);
});

async function started(): Promise<string> {
  return (await pi().inspect()).State.StartedAt;
}
