import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestLab } from './lab.ts';

/** The kernel's own file systems; Docker's mounts (`-xdev`) are not the machine's files either. */
const KERNEL = ['/proc', '/sys', '/dev'];
/** What PAM writes at any login over SSH, whatever that is for (pam_motd(8)), and so the times of its folder. */
const LOGIN = ['/run/motd.dynamic', '/run/motd.dynamic.new'];

const pruned = [...KERNEL, ...LOGIN].map((folder) => `-path ${folder}`).join(' -o ');
/** Every file with the times of its content and of its inode, size, kind, mode and owner; a changed content can't hide from the inode's time. */
const FILES = `find / -xdev \\( ${pruned} \\) -prune -o ! -path /run -printf '%p %T@ %C@ %s %M %U:%G %i %l\\n' | sort`;
const PROCESSES = `for process in /proc/[0-9]*; do
  read -r name <"$process/comm" 2>/dev/null && case $name in mosquitto) echo "process \${process#/proc/} $name" ;; esac
done`;

/** All that a command which only reads must leave alone: machines of the lab with their files and containers, and the lab's folder on this machine. */
export async function everything(lab: TestLab, machines: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(machines.map((machine) => ofMachine(lab, machine)));
  return [...there.flat(), ...(await ofFolder(lab.folder))];
}

async function ofMachine(lab: TestLab, machine: string): Promise<string[]> {
  const container = lab.container(machine);
  const { Id, Created, State, RestartCount, HostConfig, Config, NetworkSettings } = await container.inspect();
  const own = JSON.stringify({ Id, Created, State, RestartCount, HostConfig, Config, NetworkSettings });
  const files = State.Running ? await container.shell(`${FILES}\n${PROCESSES}\ntrue`) : '';
  return [`container ${machine} ${own}`, ...files.split('\n').map((line) => `${machine}: ${line}`)];
}

async function ofFolder(folder: string): Promise<string[]> {
  const names = ['.', ...(await readdir(folder, { recursive: true }))].sort();
  return await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const { mtimeMs, ctimeMs, mode, size, uid, gid, ino } = await lstat(file);
      const content = await readFile(file, 'base64').catch(() => '');
      return `here: ${name} ${[mtimeMs, ctimeMs, mode, size, uid, gid, ino].join(' ')} ${content}`;
    }),
  );
}
