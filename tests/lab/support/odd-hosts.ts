import type { ExecutionContext } from 'ava';
import type { Container } from './container.ts';
import type { TestLab } from './lab.ts';
import { until } from './until.ts';

/** What people have in the start-up files of a host, and in its sshd_config. */
export type Oddness = {
  /** First lines of ~/.bashrc of the login. */
  readonly bashrc?: string;
  readonly sshrc?: string;
  readonly profile?: string;
  readonly maxSessions?: number;
};

const LOGIN = { broker: 'debian', pi: 'pi' } as const;
type Machine = keyof typeof LOGIN;
export const MACHINES = ['broker', 'pi'] as const satisfies readonly Machine[];

/** Makes a container as odd as that; nothing of an earlier oddness remains. */
export async function makeOdd(lab: TestLab, machine: Machine, odd: Oddness = {}): Promise<void> {
  const { bashrc = '', sshrc = '', profile = '', maxSessions = 50 } = odd;
  const home = `/home/${LOGIN[machine]}`;
  await lab.container(machine).shell(`set -e
[ -e /root/bashrc ] || { touch ${home}/.bashrc; cp ${home}/.bashrc /root/bashrc; cp /etc/profile /root/profile; }
{ cat <<'END'
${bashrc}
END
cat /root/bashrc; } >${home}/.bashrc
{ cat <<'END'
${profile}
END
cat /root/profile; } >/etc/profile
rm -f /etc/ssh/sshrc
[ -z '${sshrc}' ] || echo '${sshrc}' >/etc/ssh/sshrc
echo 'MaxSessions ${maxSessions}' >/etc/ssh/sshd_config.d/00-odd.conf
kill -HUP 1`);
}

/** The processes of a container but the one that looks, sshd's and those of its connections: a line each. */
const PROCESSES = `for process in /proc/[0-9]*; do
  pid=\${process#/proc/}
  [ "$pid" != "$$" ] || continue
  read -r name <"$process/comm" || continue
  case $name in sshd | sshd-session) continue ;; esac
  echo "$pid $(tr '\\0\\n' '  ' <"$process/cmdline")"
done 2>/dev/null
echo end`;

/** sshd notices the end of a connection a moment later, and the reader of the log at its next line. */
const SETTLED_MS = 8_000;

export async function processes(container: Container): Promise<readonly string[]> {
  // on a busy machine the engine may lose the output of a short command
  const output = await until('the list of processes', 30_000, async () => {
    const text = await container.shell(PROCESSES);
    return text.endsWith('end\n') ? text : undefined;
  });
  // a process without a command line is the kernel's, or has ended
  return output.split('\n').filter((line) => /^\d+ +\S/.test(line));
}

/** Waits until a container has no process that it did not have before; gives those that stay. */
async function leftBehind(container: Container, before: readonly string[]): Promise<readonly string[]> {
  let left: readonly string[] = [];
  await until('the end of the processes', SETTLED_MS, async () => {
    left = (await processes(container)).filter((line) => !before.includes(line));
    return left.length === 0 || undefined;
  }).catch(() => undefined);
  return left;
}

/** Runs work, and asserts that no process of it stays on the lab's machines. */
export async function leavesNothing(t: ExecutionContext, lab: TestLab, work: () => Promise<void>): Promise<void> {
  const containers = MACHINES.map((machine) => lab.container(machine));
  const before = await Promise.all(containers.map(processes));
  await work();
  for (const [index, container] of containers.entries()) {
    t.deepEqual(await leftBehind(container, before[index] ?? []), [], container.name);
  }
}
