import test from 'ava';
import { differences, snapshot } from '../lab/support/as-it-was.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { createMachines, FILE, OWN, PORT, remoteLab, remoteName } from '../lab/support/remote-lab.ts';
import { startOnTerminal } from '../lab/support/terminal.ts';

/** Its broker's container plays the part of a machine that is reached over SSH. */
const machines = ownLab('restored-packages', {}, { installed: true });
const hub = () => machines().container('broker');

/** What that Mosquitto writes by itself when it is ended and started; the last are of the package's own tools, which put Debian's main file in place. */
const WRITTEN_BY_IT =
  /^. (file|content) (\/run\/mosquitto\/mosquitto\.pid|\/var\/lib\/mosquitto\/mosquitto\.db|\/var\/log\/mosquitto\/mosquitto\.log|\/var\/lib\/(systemd\/deb-systemd-helper-enabled\/mosquitto\.service\.dsh-also|dpkg\/info\/mosquitto\.list)) /;

test.serial(
  'down --keep-packages restarts the earlier Mosquitto with its configuration, retained message and queued session',
  async (t) => {
    const lab = machines();
    await createMachines(lab);
    await remoteLab(lab, []);
    await hub().shell(OWN);
    // a login leaves its own traces
    const plan = await lab.run(['plan', '--take-over', '--lab', FILE]);
    t.is(plan.code, 0, plan.all);
    const was = await snapshot(hub());
    const up = await lab.run(['up', '--no-verify', '--take-over', '--lab', FILE]);
    t.is(up.code, 0, up.all);
    t.regex(up.stdout, /^ {2}\+ backup \/var\/lib\/mosquitto, \/var\/log\/mosquitto$/m);
    const lost = await hub().shell(`mosquitto_sub -p ${PORT} -u sam -P sam -t 'kept/#' -C 1 -W 1 || true`);
    t.is(lost, '');
    // as a down that was killed while it put things back leaves it
    const mark = `/var/lib/mqtt-lab/${remoteName(lab)}/restoring`;
    await hub().shell(`: >${mark}`);
    const half = await lab.run(['up', '--no-verify', '--take-over', '--lab', FILE]);
    t.is(half.code, 2, half.all);
    t.regex(half.all, /restored this host in part.*\n {2}try: run `\.\/lab --lab remote\.yaml down`/);
    await hub().shell(`rm ${mark}`);
    const answered = async (answer: string) => {
      const terminal = startOnTerminal(['down', '--keep-packages', '--lab', FILE], { cwd: lab.folder, env: {} });
      await terminal.answer(/Restore broker to the state before the lab\? \[Y\/n\] /, answer);
      return await terminal.ended;
    };
    const unwanted = await answered('n');
    t.is(unwanted.code, 1, unwanted.shown);
    t.regex(unwanted.shown, /cancelled; nothing was changed/);
    const down = await answered('y');
    t.is(down.code, 0, down.shown);
    t.regex(down.shown, /^ {2}~ service mosquitto \(runs as before the lab\)$/m);
    const differs = differences(was, await snapshot(hub()));
    t.deepEqual(
      differs.filter((line) => !WRITTEN_BY_IT.test(line)),
      [],
    );
    t.is(await hub().shell(`mosquitto_sub -p ${PORT} -t 'kept/#' -C 1 -W 5`), 'retained\n');
    t.is(await hub().shell(`mosquitto_sub -p ${PORT} -t queue -q 1 -c -i device -C 1 -W 5`), 'queued\n');
  },
);
