import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { ExecutionContext } from 'ava';
import { HOST_KEY } from '../../../provisioning/docker/labels.ts';
import type { LabCommand, Outcome } from './command.ts';
import { engine } from './container.ts';
import type { TestLab } from './lab.ts';
import { openRelay } from './relay.ts';
import { until } from './until.ts';

/** What SIGKILL ends; `network`: the relay stops to pass data. */
export type Victim = 'tool' | 'sessions' | 'scripts' | 'container' | 'network';

/** When it is killed, or how. */
export type Point =
  /** So many chunks of SSH traffic, both directions together, after a step has begun, and then so many milliseconds later. */
  | { readonly victim: Victim; readonly step: Step; readonly chunk: number; readonly afterMs?: number }
  /** dpkg when it reports its status for the n-th time (dpkg(1), --status-logger), or the apt-get that it works for. */
  | { readonly victim: 'dpkg' | 'apt by dpkg'; readonly status: number }
  /** apt-get by one of its own hooks (apt.conf(5)). */
  | { readonly victim: 'apt'; readonly hook: (typeof HOOKS)[number] }
  /** apt-get while one of its methods fetches the package lists. */
  | { readonly victim: 'apt'; readonly hook: 'fetching' };

const HOOKS = ['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'DPkg::Pre-Invoke', 'DPkg::Post-Invoke'] as const;

/** The step of `up`, as it prints it; `look`: before its first step. */
export type Step = 'look' | 'keep' | 'install' | 'write' | 'start' | 'end';

export const FILE = 'killed.yaml';
const PORT = 18_832;
const BOUND_MS = 120_000;
const KILLER = '/etc/dpkg/dpkg.cfg.d/killer';
const APT_KILLER = '/etc/apt/apt.conf.d/99killer';

export type Struck = {
  readonly step: Step;
  /** What dpkg said of its state just before; empty where something else was killed. */
  readonly status: string;
  /** False where `up` had come through before the point was reached. */
  readonly hasStruck: boolean;
  readonly outcome: Outcome;
};

/** A machine over SSH, that can be made as clean as if no lab had ever been on it. */
export type Victimised = AsyncDisposable & {
  readonly lab: TestLab;
  /** Has everything to be done again; quick, since the packages stay on the machine as files. */
  blank(): Promise<void>;
  /** Runs `up` and kills at a point; gives what `up` had come to and how it ended. */
  strike(point: Point): Promise<Struck>;
};

/** The broker's machine of a lab that is up, as the broker host of another lab over SSH. */
export async function victimise(lab: TestLab): Promise<Victimised> {
  const broker = lab.container('broker');
  await broker.shell(`mkdir -p /root/debs && cd /root/debs && rm -f *.deb
apt-get -qq -y -o Dpkg::Use-Pty=0 purge 'mosquitto*' >/dev/null 2>&1
apt-get -qq -y -o Dpkg::Use-Pty=0 autopurge >/dev/null 2>&1
apt-get -qq -y -d -o APT::Keep-Downloaded-Packages=true -o Dir::Cache::archives=/root/debs/ install --no-install-recommends mosquitto mosquitto-clients >/dev/null
ls *.deb`);
  let onChunk: (count: number) => void = () => undefined;
  // all the time: a machine at another address is another machine, and the one that the lab no longer has is given back
  const relay = await openRelay(
    () => broker.published(22),
    (count) => onChunk(count),
  );
  const write = async () => {
    const { Config, NetworkSettings } = await broker.inspect();
    const [network] = Object.values(NetworkSettings.Networks);
    const content = {
      name: `${lab.name}-killed`,
      broker: {
        host: `ssh://debian@127.0.0.1:${relay.port}`,
        identity: `.lab/keys/${lab.name}`,
        hostKey: Config.Labels[HOST_KEY],
        port: PORT,
        address: network?.IPAddress,
      },
      pis: {},
      users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
      topics: { test: { publish: ['sam'], subscribe: ['alice'] } },
    };
    await writeFile(path.join(lab.folder, FILE), JSON.stringify(content));
  };
  const kill: Readonly<Record<Victim, (up: LabCommand) => Promise<unknown>>> = {
    tool: async ({ pid }) => process.kill(pid, 'SIGKILL'),
    sessions: () => broker.shell(killAll('[ "$name" = sshd ]')),
    scripts: () => broker.shell(killAll('[ "$name" != sshd ]')),
    container: () => broker.kill(),
    network: async () => relay.cut(),
  };
  return {
    lab,
    async blank() {
      await broker.shell(BLANK);
      await write();
    },
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
    async strike(point) {
      const done: Promise<unknown>[] = [];
      let step: Step = 'look';
      let since: number | undefined;
      let timer: NodeJS.Timeout | undefined;
      let struckAt: Step | undefined;
      let up: LabCommand | undefined;
      const strike = () => {
        struckAt = step;
        if (up !== undefined && 'step' in point) done.push(kill[point.victim](up));
      };
      onChunk = (count) => {
        const now = stepOf(up?.soFar() ?? '');
        if (now !== step || since === undefined) [step, since] = [now, count - 1];
        if (!('step' in point) || struckAt !== undefined || step !== point.step || count - since < point.chunk) return;
        if (point.afterMs === undefined) strike();
        else {
          struckAt = step;
          timer = setTimeout(strike, point.afterMs);
        }
      };
      if ('hook' in point) await broker.shell(aptKiller(point.hook));
      if ('status' in point) await broker.shell(dpkgKiller(point.status, point.victim));
      up = lab.start(['up', '--no-verify', '--lab', FILE], { boundMs: BOUND_MS });
      if ('hook' in point && point.hook === 'fetching') done.push(broker.shell(KILL_FETCHING));
      const outcome = await up.ended;
      clearTimeout(timer);
      onChunk = () => undefined;
      await Promise.all(done);
      await revive(lab);
      // its address on the network may be another one
      await write();
      const killed = await broker.shell('cat /root/killed 2>/dev/null || true');
      await broker.shell(`rm -f ${KILLER} ${APT_KILLER} /root/killer /root/killed /root/statuses`);
      return {
        step: struckAt ?? 'install',
        status: killed.trim().replace(/^x$/, ''),
        // a dpkg that was killed may be repaired by the same `up`
        hasStruck: 'step' in point ? struckAt !== undefined && outcome.code !== 0 : killed !== '',
        outcome,
      };
    },
  };
}

/** The last printed step: `broker   … install mosquitto` begins one. */
function stepOf(output: string): Step {
  const steps = [...output.matchAll(/^broker +(… (?:keep|install|write|start|restart)|✓|✗)/gm)];
  switch (steps.at(-1)?.[1]) {
    case undefined:
      return 'look';
    case '… keep':
      return 'keep';
    case '… install':
      return 'install';
    case '… write':
      return 'write';
    case '… start':
    case '… restart':
      return 'start';
    default:
      return 'end';
  }
}

/** All processes of the container whose name satisfies the test, but its first one and this shell. */
function killAll(test: string, then = ''): string {
  return `for process in /proc/[0-9]*; do
  pid=\${process#/proc/}; read -r name <"$process/comm" || continue
  if [ "$pid" != 1 ] && [ "$pid" != $$ ] && ${test}; then kill -9 "$pid"${then}; fi
done 2>/dev/null
true`;
}

const BLANK = `
if [ -e /run/mosquitto/mosquitto.pid ]; then kill -9 $(cat /run/mosquitto/mosquitto.pid) 2>/dev/null; fi
${killAll('[ "$name" = mosquitto ]')}
for deb in /root/debs/*.deb; do dpkg-deb -f "$deb" Package; done >/root/names
dpkg --purge --force-all $(cat /root/names) >/dev/null 2>&1
rm -rf /etc/mosquitto /var/lib/mosquitto /var/log/mosquitto /run/mosquitto /run/mqtt-lab /var/lib/mqtt-lab
cp /root/debs/*.deb /var/cache/apt/archives/
# as if they had just been fetched
touch /var/lib/apt/lists/*_Packages*
[ -z "$(dpkg --audit)" ]`;

function aptKiller(hook: string): string {
  if (hook === 'fetching') return 'rm -rf /var/lib/apt/lists/*';
  const clean = hook.startsWith('APT::Update') ? 'rm -rf /var/lib/apt/lists/*; ' : '';
  return `${clean}echo '${hook} {"echo x >/root/killed; kill -9 $PPID; sleep 1";};' >${APT_KILLER}`;
}

const KILL_FETCHING = `tries=0
until cat /proc/[0-9]*/comm 2>/dev/null | grep -qx http; do tries=$((tries + 1)); [ "$tries" -lt 3000 ] || exit 1; sleep 0.01; done
${killAll('[ "$name" = apt-get ]', ' && echo x >/root/killed')}`;

/** dpkg does not wait for the reader of its status, so what it has come to when it is killed varies a little. */
function dpkgKiller(status: number, victim: 'dpkg' | 'apt by dpkg'): string {
  const who = victim === 'dpkg' ? '[ "$name" = dpkg ]' : '[ "$name" = apt-get ]';
  return `cat >/root/killer <<'END'
#!/bin/sh
# apt calls dpkg several times, for unpacking and for configuring
while read -r line; do
  echo "$line" >>/root/statuses
  if [ "$(wc -l </root/statuses)" = ${status} ]; then
    ${killAll(who, ' && echo "$line" >/root/killed').split('\n').join('\n    ')}
  fi
done
END
chmod 755 /root/killer
echo status-logger=/root/killer >${KILLER}`;
}

/** A container that was killed starts again, as a machine does after a power cut. */
async function revive(lab: TestLab): Promise<void> {
  const broker = lab.container('broker');
  const { State, Id } = await broker.inspect();
  if (State.Running) return;
  await (await engine()).getContainer(Id).start();
  await until('the container', BOUND_MS, async () => (await broker.inspect()).State.Running || undefined);
}

/** After a kill: `up` converges at once, a second plan is empty, and dpkg, the staging folders and the lab's files are in order. Gives what `up` did. */
export async function recovers(t: ExecutionContext, { lab }: Victimised, what: string): Promise<string[]> {
  const up = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 0, `${what}: the next up\n${up.all}`);
  const plan = await lab.run(['plan', '--exit-code', '--lab', FILE]);
  t.is(plan.code, 0, `${what}: the plan after it\n${plan.all}`);
  const left = await lab
    .container('broker')
    .shell('dpkg --audit; ls /var/lib/dpkg/updates; find /etc/mosquitto -name ".lab*"');
  t.is(left, '', `${what}: left behind`);
  return [...up.stdout.matchAll(/^broker +~ (\w+)/gm)].map(([, verb = '']) => verb);
}

export function pointText(point: Point): string {
  if ('hook' in point) return `apt-get at ${point.hook}`;
  if ('status' in point) return `${point.victim === 'dpkg' ? 'dpkg' : 'apt-get'} at status ${point.status} of dpkg`;
  return `${point.victim} in ${point.step} after chunk ${point.chunk}${point.afterMs === undefined ? '' : ` and ${point.afterMs} ms`}`;
}
