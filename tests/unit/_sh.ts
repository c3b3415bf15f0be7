import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { until } from '../lab/support/until.ts';

export type ShellResult = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a script with this machine's own sh, as the lab's hosts do; `path` comes before the usual folders of commands. */
export function sh(script: string, { path }: { path?: string } = {}): ShellResult {
  const env = { ...process.env, LC_ALL: 'C', PATH: `${path === undefined ? '' : `${path}:`}${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync('sh', [], { input: script, encoding: 'utf8', env, timeout: 60_000 });
  return { code: status, stdout, stderr };
}

/** The complaint of `sh -n` about a script; empty where its syntax is right. */
export function syntaxError(script: string | undefined): string {
  const { code, stderr } = sh(`sh -n <<'END_OF_SCRIPT'\n${script}\nEND_OF_SCRIPT`);
  return code === 0 ? '' : `${stderr}\n${script}`;
}

/** A folder of the test's own, removed when it ends. */
export function folderFor(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'unit-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with programs of these names, for `path` of `sh`. */
export function programsFor(t: ExecutionContext, scripts: Readonly<Record<string, string>>): string {
  const folder = folderFor(t);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

/** A process that has ended and that nobody reaps, as below process 1 of many containers (proc(5), State: Z). */
export async function unreaped(t: ExecutionContext): Promise<{ readonly pid: number; readonly name: string }> {
  const name = 'short-lived';
  const program = join(folderFor(t), name);
  copyFileSync('/bin/sleep', program);
  // the shell becomes a process that does not wait for its child
  const script = '"$1" 1 & echo $!; exec sleep 60';
  const parent = spawn('sh', ['-c', script, 'sh', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => parent.kill('SIGKILL'));
  const pid = Number(await once(parent.stdout, 'data'));
  await until('the end of the process', 10_000, () => {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) || undefined;
  });
  return { pid, name };
}
