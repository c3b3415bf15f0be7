import test from 'ava';
import { until } from '../lab/support/until.ts';
import { type Before, changesSince, filesOf } from './support/files.ts';
import { ownMachines } from './support/own-machines.ts';

const machines = ownMachines('power-cut', 12);
const REACH_MS = 1_800_000;
let before: Before | undefined;

test.serial('up converges after a power cut in the middle of its apt', async (t) => {
  const lab = machines();
  before = await filesOf(lab);
  await lab.broker.shell(waitIn('unmask'));
  const cut = await cutWhenReached(['up', '--no-verify']);
  t.not(cut.code, 0, cut.all);
  await lab.broker.shell(WAIT_NO_MORE);
  t.regex(await lab.broker.shell('dpkg --audit'), /mosquitto/);
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const plan = await lab.run(['plan', '--exit-code']);
  t.is(plan.code, 0, plan.all);
});

test.serial('down restores every file after a power cut in the middle of a down', async (t) => {
  if (before === undefined) throw new Error('nobody looked before');
  const lab = machines();
  await lab.broker.shell(waitIn('purge'));
  const cut = await cutWhenReached(['down']);
  t.not(cut.code, 0, cut.all);
  await lab.broker.shell(WAIT_NO_MORE);
  const down = await lab.run(['down']);
  t.is(down.code, 0, down.all);
  t.deepEqual(await changesSince(before, lab), []);
});

const HELPER = '/usr/bin/deb-systemd-helper';
const [ORIGINAL, REACHED] = ['/root/deb-systemd-helper', '/root/reached'];

/** Shell that stops dpkg in a maintainer script of mosquitto, where it runs deb-systemd-helper with this word. */
function waitIn(word: string): string {
  return `mv ${HELPER} ${ORIGINAL}
cat >${HELPER} <<'END'
#!/bin/sh
case "$*" in *${word}*mosquitto*) echo >${REACHED}; sync; sleep infinity ;; esac
exec ${ORIGINAL} "$@"
END
chmod 755 ${HELPER}
sync`;
}

const WAIT_NO_MORE = `mv ${ORIGINAL} ${HELPER} && rm ${REACHED}`;

/** Cuts the broker's power when the command has reached the place, and switches it on again. */
async function cutWhenReached(args: readonly string[]) {
  const { broker, start } = machines();
  const command = start(args);
  await until(`dpkg in ./lab ${args[0]}`, REACH_MS, async () => {
    return (await broker.shell(`ls ${REACHED} 2>/dev/null || true`)) === '' ? undefined : true;
  });
  await broker.cut();
  const outcome = await command.ended;
  await broker.boot();
  return outcome;
}
