import test from 'ava';
import { ownLab } from '../lab/support/own-lab.ts';
import { until } from '../lab/support/until.ts';

const theLab = ownLab('apt', { pis: {} });
const broker = () => theLab().container('broker');
const removePackages = () =>
  broker().shell(
    'if [ -e /run/mosquitto/mosquitto.pid ]; then kill $(cat /run/mosquitto/mosquitto.pid); fi; dpkg --purge --force-depends mosquitto mosquitto-clients >/dev/null 2>&1 && apt-get clean',
  );

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
});

test.serial('a full disk: host, step, what is full and what to try, exit code 1', async (t) => {
  await removePackages();
  // a small file system that a container has: /dev/shm
  await broker().shell(`mkdir -p /dev/shm/archives/partial
echo 'Dir::Cache::archives "/dev/shm/archives/";' >/etc/apt/apt.conf.d/99full
dd if=/dev/zero of=/dev/shm/full bs=64k 2>/dev/null || true`);
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 1, up.all);
  t.regex(
    up.stdout,
    /^broker: install mosquitto, mosquitto-clients: the disk is full: \/dev\/shm .*\n {4}.*enough free space in \/dev\/shm\/archives/m,
  );
  t.regex(up.stdout, /^ {2}try: free space on it: .*\/dev\/shm/m);
  await broker().shell('rm -r /etc/apt/apt.conf.d/99full /dev/shm/full /dev/shm/archives');
});

test.serial(
  'the next up, with room again, waits for the process that locks apt, names it, and converges',
  async (t) => {
    const hold = `import fcntl,os,time
lock=open("/var/lib/dpkg/lock-frontend","w"); fcntl.lockf(lock,fcntl.LOCK_EX); open("/tmp/held","w").close()
while os.path.exists("/tmp/held"): time.sleep(0.05)`;
    await broker().shell(`setsid python3 -c '${hold}' >/dev/null 2>&1 </dev/null &`);
    await until('the lock', 10_000, () => exists('/tmp/held'));
    const up = theLab().start(['up', '--no-verify']);
    await up.shows(/broker +… install/);
    await up.shows(/Waiting for cache lock: .*held by process \d+ \(python3\)/, 90_000);
    await broker().shell('rm /tmp/held');
    const { code, all } = await up.ended;
    t.is(code, 0, all);
    t.regex(all, /broker +~ install mosquitto, mosquitto-clients/);
  },
);

test.serial(
  'no room for the configuration: the broker keeps the old one, and the next up with room converges',
  async (t) => {
    const look = () =>
      broker().shell('sha256sum /etc/mosquitto/conf.d/lab.conf /etc/mosquitto/lab.*; cat /run/mosquitto/mosquitto.pid');
    await broker().shell(`cp -a /etc/mosquitto /dev/shm/ && rm -r /etc/mosquitto && ln -s /dev/shm/mosquitto /etc/mosquitto
dd if=/dev/zero of=/dev/shm/full bs=4k 2>/dev/null || true`);
    const before = await look();
    await theLab().write({
      pis: {},
      broker: { host: 'container', port: 18_830, options: { max_queued_messages: 77 } },
    });
    const up = await theLab().run(['up', '--no-verify']);
    t.is(up.code, 1, up.all);
    t.regex(
      up.stdout,
      /^broker: write .*lab\.conf.*: (the disk is full: \/dev\/shm|exit code \d+)( .*)?\n( {4}.*\n)*.*No space left on device/m,
    );
    t.is(await look(), before);
    t.is(await broker().shell('ls -A /etc/mosquitto/ | grep staged || true'), '');
    await broker().shell('rm /dev/shm/full');
    const again = await theLab().run(['up', '--no-verify']);
    t.is(again.code, 0, again.all);
  },
);

async function exists(file: string): Promise<true | undefined> {
  return await broker()
    .shell(`test -e ${file}`)
    .then(
      () => true as const,
      () => undefined,
    );
}
