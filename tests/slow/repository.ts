import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { HOST_KEY } from '../../provisioning/docker/labels.ts';
import { USUAL } from '../lab/support/lab.ts';
import { NOTHING, nothingChanged, type Refused, repositoryLab, UP } from '../lab/support/repository-lab.ts';
import { VERSION } from '../lab/support/signed-repository.ts';

const lab = repositoryLab('slow-repository');
const { theLab, pi, repository, options, want, beside, ownFiles, version } = lab;

const refused: readonly Refused[] = [
  [
    'an expired key',
    () => options('expired', { key: 'expired.asc' }),
    /the key has expired; nothing was changed\n {4}W: .*(EXPKEYSIG|Expired on)/,
  ],
  [
    'an index that changed after its signature',
    () => options('forged'),
    /its index was changed after it was signed.*\n {4}W: .*(BADSIG|manipulated)/,
  ],
  ['no signature', () => options('unsigned'), /it is not signed; nothing was changed\n {4}E: .*is not signed\./],
  [
    'a component without the clients',
    () => options('sound', { components: ['contrib'] }),
    /it has no mosquitto-clients for this Pi in \w+, component contrib/,
  ],
];
lab.refuses(refused);

test.serial('installs missing clients directly from the repository', async (t) => {
  await pi().shell('dpkg --purge mosquitto-clients >/dev/null');
  await want(options('sound'));
  const up = await theLab().run(UP);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^pi +~ install mosquitto-clients /m);
  t.notRegex(up.stdout, /in place of/);
  t.is(await version('mosquitto-clients'), VERSION);
});

test.serial('fetches a key over https once, and stores the same key in the same file', async (t) => {
  await want(options('sound', { key: 'sound.gpg' }));
  const given = await theLab().run(UP);
  t.is(given.code, 0, given.all);
  await want(options('sound', { key: repository().keyUrl }));
  const before = await pi().shell('ls /etc/apt/keyrings');
  const untrusted = await theLab().run(UP);
  t.is(untrusted.code, 2, untrusted.all);
  t.regex(untrusted.all, /fetch the key https:.*: fetch failed: self-signed certificate/);
  const env = { NODE_EXTRA_CA_CERTS: beside('tls.crt') };
  const up = await theLab().run(UP, { env });
  t.is(up.code, 0, up.all);
  t.is(await pi().shell('ls /etc/apt/keyrings'), before);
  nothingChanged(t, await theLab().run(UP, { env }));
  t.is(repository().requests.filter((url) => url === '/sound.gpg').length, 1);
});

test.serial('reboots the Pi once after an installation with reboot: true, and in no later up', async (t) => {
  const before = await started();
  await theLab().write({ ...USUAL, pis: { pi: { host: 'container', repository: options('sound'), reboot: true } } });
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

test.serial('leaves the repository of another lab on a shared Pi alone, and refuses to replace it', async (t) => {
  await want('debian');
  t.is((await theLab().run(UP)).code, 0);
  const [one, two] = ['one', 'two'].map((word) => `${theLab().name}-${word}`);
  const source = '/etc/apt/sources.list.d/mqtt-lab.sources';
  const run = (word: string, args: readonly string[]) => theLab().run([...args, '--lab', `${word}.yaml`]);
  const state = () => pi().shell(`cat ${source}; find /etc/apt /var/lib/dpkg/info -printf '%p %T@ %C@\\n' | sort`);

  await onThePi('one', { repository: options('sound') });
  await onThePi('two', {});
  const first = await run('one', UP);
  t.is(first.code, 0, first.all);
  t.is(await pi().shell(`sed -n 's/^# Lab: //p' ${source}`), `${one}\n`);
  nothingChanged(t, await run('one', UP));
  const before = await state();

  const stays = `= file ${source} (stays: it belongs to the lab "${one}")`;
  const plan = await run('two', ['plan', '--exit-code', '--only', 'pi']);
  t.is(plan.code, 0, plan.all);
  t.true(plan.stdout.includes(stays), plan.all);
  nothingChanged(t, await run('two', UP));

  await onThePi('two', { repository: options('sound') });
  for (const args of [['plan', '--only', 'pi'], UP]) {
    const refusal = await run('two', args);
    t.is(refusal.code, 1, refusal.all);
    t.true(refusal.all.includes(`the lab "${one}" has its repository there (${source})`), refusal.all);
    t.true(refusal.all.includes(`try: \`./lab down ${one}\``), refusal.all);
  }
  const kept = await run('two', ['down']);
  t.is(kept.code, 0, kept.all);
  t.true(kept.stdout.includes(stays), kept.all);
  t.is(await state(), before);

  // as `down --keep-packages` leaves it
  await pi().shell(`rm -r /var/lib/mqtt-lab/${one}`);
  const taken = await run('two', UP);
  t.is(taken.code, 0, taken.all);
  t.is(await pi().shell(`sed -n 's/^# Lab: //p' ${source}`), `${two}\n`);
  const other = await run('one', ['down']);
  t.is(other.code, 0, other.all);
  t.is(await version('mosquitto-clients'), VERSION);
  const last = await run('two', ['down']);
  t.is(last.code, 0, last.all);
  t.is(await ownFiles(), NOTHING);
  t.regex(await version('mosquitto-clients'), /^2\.0\.11/);
});

/** Writes the lab file of another lab that reaches the Pi over SSH. */
async function onThePi(word: string, wanted: object): Promise<void> {
  const { NetworkSettings, Config } = await pi().inspect();
  const place = {
    host: `ssh://pi@127.0.0.1:${NetworkSettings.Ports['22/tcp']?.[0]?.HostPort}`,
    identity: `.lab/keys/${theLab().name}`,
    hostKey: Config.Labels[HOST_KEY],
  };
  // never set up: the test only changes the Pi
  const broker = { host: 'local', port: 18_830 };
  const content = { ...USUAL, name: `${theLab().name}-${word}`, broker, pis: { pi: { ...place, ...wanted } } };
  await writeFile(beside(`${word}.yaml`), JSON.stringify(content));
}

async function started(): Promise<string> {
  return (await pi().inspect()).State.StartedAt;
}
