import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

export type ShellResult = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a script with this machine's own sh, as the lab's hosts do; `path` comes before the usual folders of commands. */
export function sh(script: string, { path }: { path?: string } = {}): ShellResult {
  const env = { ...process.env, LC_ALL: 'C', PATH: `${path === undefined ? '' : `${path}:`}${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync('sh', [], { input: script, encoding: 'utf8', env, timeout: 30_000 });
  return { code: status, stdout, stderr };
}

/** A folder of the test's own, removed when it ends. */
export function folderFor(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'unit-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
