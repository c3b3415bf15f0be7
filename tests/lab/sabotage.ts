import test from 'ava';
import { PORT } from './support/lab.ts';
import { ownLab } from './support/own-lab.ts';
import { verify } from './support/verified.ts';

const theLab = ownLab('sabotage');
const CONF = '/etc/mosquitto/conf.d/lab.conf';
const RESTART = `pid=$(cat /run/mosquitto/mosquitto.pid); kill "$pid"
while [ -d "/proc/$pid" ] && ! grep -q '^State:.*Z' "/proc/$pid/status"; do sleep 0.05; done
mosquitto -d -c /etc/mosquitto/mosquitto.conf 2>/dev/null`;

/** What is done behind the lab's back on a machine, and which checks must tell, no more and no fewer. */
const CASES: readonly {
  readonly title: string;
  readonly machine: string;
  readonly script: string;
  readonly caughtBy: (id: string) => boolean;
  /** What mends it; `up` when left out. */
  readonly mend?: string;
}[] = [
  {
    title: 'anonymous access on: caught by the anonymous attempts, from every place and in both versions',
    machine: 'broker',
    script: `sed -i 's/^allow_anonymous .*/allow_anonymous true/' ${CONF}\n${RESTART}`,
    caughtBy: (id) => id.startsWith('auth.anonymous.'),
  },
  {
    title: 'ACL off: caught by the checks of rights that the lab file does not give',
    machine: 'broker',
    script: `sed -i '/^acl_file/d' ${CONF}\n${RESTART}`,
    caughtBy: (id) => ['acl.publish.test.alice', 'acl.subscribe.status.sam', 'acl.subscribe.test.sam'].includes(id),
  },
  {
    title: "alice's password changed: caught by her logins, and by every check in which she takes part",
    machine: 'broker',
    script: `hash=$(sed -n 's/^sam://p' /etc/mosquitto/lab.passwd)
sed -i "s|^alice:.*|alice:$hash|" /etc/mosquitto/lab.passwd
kill -HUP "$(cat /run/mosquitto/mosquitto.pid)"`,
    caughtBy: (id) => !id.startsWith('auth.') || /^auth\.accepted\.v\w+\.alice\./.test(id),
  },
  {
    title: 'the Pi without a way to the broker, SSH alive: caught by the checks of the Pi',
    machine: 'pi',
    script: `nft add table inet sabotage
nft 'add chain inet sabotage out { type filter hook output priority 0; }'
nft add rule inet sabotage out tcp dport ${PORT} drop`,
    caughtBy: (id) => id.endsWith('.pi'),
    mend: 'nft delete table inet sabotage',
  },
];

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
});

for (const { title, machine, script, caughtBy, mend } of CASES) {
  test.serial(title, async (t) => {
    const lab = theLab();
    await lab.container(machine).shell(script);
    const { code, checks, told } = await verify(lab);
    if (mend !== undefined) await lab.container(machine).shell(mend);
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    t.is(code, 1, told);
    const judged = [...checks].filter(([, verdict]) => verdict !== 'skipped').map(([id]) => id);
    const expected = judged.filter((id) => caughtBy(id));
    t.true(expected.length > 0);
    t.deepEqual(
      judged.filter((id) => checks.get(id) === 'fail'),
      expected,
      told,
    );
  });
}

test.serial('mended by up, the lab passes verification', async (t) => {
  const { code, told } = await verify(theLab());
  t.is(code, 0, told);
});
