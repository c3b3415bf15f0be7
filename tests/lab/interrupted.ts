import test from 'ava';
import { programRuns } from './support/container.ts';
import { ownLab } from './support/own-lab.ts';
import { until } from './support/until.ts';

const theLab = ownLab('interrupted', { pis: {} }, { installed: true });
const TRIAL_MS = 15_000;

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
});

test.serial('Ctrl-C while the configuration is tried: no half-written file, the broker keeps running', async (t) => {
  const lab = theLab();
  const broker = lab.container('broker');
  const before = await broker.shell('sha256sum /etc/mosquitto/conf.d/lab.conf; cat /run/mosquitto/mosquitto.pid');
  // an executable in front of the real one, that takes its time
  await broker.shell(
    "dpkg-divert --quiet --local --rename --add /usr/sbin/mosquitto && printf '#!/bin/sh\\nexec sleep 60\\n' >/usr/sbin/mosquitto && chmod 755 /usr/sbin/mosquitto",
  );
  await lab.write({ pis: {}, broker: { host: 'container', port: 18_830, options: { max_queued_messages: 77 } } });
  const up = lab.start(['up', '--no-verify']);
  await up.shows(/broker +… write/);
  await until('the trial', TRIAL_MS, () => programRuns(broker, 'sleep'));
  up.interrupt();
  t.is((await up.ended).code, 130);
  await broker.shell('rm /usr/sbin/mosquitto && dpkg-divert --quiet --local --rename --remove /usr/sbin/mosquitto');
  t.is(await broker.shell('sha256sum /etc/mosquitto/conf.d/lab.conf; cat /run/mosquitto/mosquitto.pid'), before);
  t.notRegex(await broker.shell('ls -A /etc/mosquitto /etc/mosquitto/conf.d'), /staged/);
  const again = await lab.run(['up', '--no-verify']);
  t.is(again.code, 0, again.all);
  t.regex(again.stdout, /broker +~ write \/etc\/mosquitto\/conf\.d\/lab\.conf \(content\)/);
});
