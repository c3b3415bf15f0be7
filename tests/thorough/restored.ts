import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { differences, type Snapshot, snapshot } from '../lab/support/as-it-was.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { killInPurge, PURGE_AGAIN } from '../lab/support/purge-killer.ts';
import { createMachines, FILE, OWN, PORT, remoteLab, remoteName } from '../lab/support/remote-lab.ts';
import { startOnTerminal } from '../lab/support/terminal.ts';

/** Its containers play the part of two machines that are reached over SSH; nothing is ever provisioned on them but by the other lab. */
const machines = ownLab('restored');
const book = () => path.join(machines().folder, '.lab', 'hosts', `${remoteName(machines())}.json`);
const hub = () => machines().container('broker');
const before = new Map<string, Snapshot>();

test.serial('the containers come up', async (t) => {
  await createMachines(machines());
  await remoteLab(machines(), ['pi']);
  // a login leaves its own traces
  const plan = await machines().run(['plan', '--lab', FILE]);
  t.is(plan.code, 0, plan.all);
  for (const machine of ['broker', 'pi']) before.set(machine, await snapshot(machines().container(machine)));
});

test.serial('up restores a Pi that the lab file no longer has, to the byte and the second', async (t) => {
  const lab = machines();
  const first = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(first.code, 0, first.all);
  t.regex(first.stdout, /^ {2}\+ backup \/var\/lib\/mqtt-lab\/\S+-remote$/m);
  const nothing = await lab.run(['plan', '--exit-code', '--lab', FILE]);
  t.is(nothing.code, 0, nothing.all);
  await remoteLab(machines(), []);
  const plan = await lab.run(['plan', '--exit-code', '--lab', FILE]);
  t.is(plan.code, 1, plan.all);
  t.regex(plan.stdout, /^pi \(ssh\)\n( {2}- package \S+ \(the lab installed it\)\n)+ {2}- backup /m);
  const terminal = startOnTerminal(['up', '--no-verify', '--lab', FILE], { cwd: lab.folder, env: {} });
  // Enter alone is the answer in capitals
  await terminal.answer(/The plan removes \d+ things\. Continue\? \[Y\/n\] /, '');
  const up = await terminal.ended;
  t.is(up.code, 0, up.shown);
  t.regex(up.shown, /broker +✓ unchanged/);
  t.deepEqual(await changed('pi'), []);
  t.regex(await readFile(book(), 'utf8'), /"broker"/);
  t.notRegex(await readFile(book(), 'utf8'), /"pi"/);
});

test.serial('down NAME without a lab file completes a down that was killed in a purge', async (t) => {
  const lab = machines();
  await rm(path.join(lab.folder, FILE));
  // the helper has forgotten the unit's links by then, and has not removed them
  await hub().shell(killInPurge(1));
  const cut = await lab.run(['down', remoteName(lab)]);
  t.not(cut.code, 0, cut.all);
  await hub().shell(PURGE_AGAIN);
  const left = await changed('broker');
  t.true(left.some((line) => line.startsWith('+ file /etc/systemd/system/multi-user.target.wants/mosquitto.service')));
  const down = await lab.run(['down', remoteName(lab)]);
  t.is(down.code, 0, down.all);
  t.regex(down.stdout, /^ {2}- package mosquitto /m);
  t.regex(down.stdout, /^ {2}- file \/etc\/systemd\/system\/multi-user\.target\.wants\/mosquitto\.service \(left by /m);
  t.deepEqual(await changed('broker'), []);
  await t.throwsAsync(readFile(book()), { code: 'ENOENT' });
});

test.serial('a second down changes nothing', async (t) => {
  await remoteLab(machines(), ['pi']);
  const down = await machines().run(['down', '--lab', FILE]);
  t.is(down.code, 0, down.all);
  t.regex(down.stdout, /^hosts: 0 changed$/m);
  t.deepEqual(await changed('broker'), []);
});

test.serial('down leaves the data of a Mosquitto alone that came after an up that failed early', async (t) => {
  const lab = machines();
  await remoteLab(machines(), []);
  const away = '/etc/apt/apt.conf.d/99-away';
  await hub().shell(`rm -f /var/cache/apt/archives/*.deb
printf 'Acquire::%s::Proxy "http://127.0.0.1:9/";\\n' http https >${away}; echo 'Acquire::Retries "0";' >>${away}`);
  const up = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 1, up.all);
  await hub().shell(`rm ${away}`);
  await hub().shell(OWN);
  const down = await lab.run(['down', '--lab', FILE]);
  t.is(down.code, 0, down.all);
  t.is(await hub().shell('cat /var/lib/mosquitto/own-file; ls -d /var/lib/mqtt-lab 2>/dev/null || true'), 'own\n');
  t.is(await hub().shell(`mosquitto_sub -p ${PORT} -t 'kept/#' -C 1 -W 5`), 'retained\n');
});

/** What differs on a machine from what it was before the lab. */
async function changed(machine: 'broker' | 'pi'): Promise<string[]> {
  const was = before.get(machine);
  if (was === undefined) throw new Error(`nobody looked at ${machine} before`);
  return differences(was, await snapshot(machines().container(machine)));
}
