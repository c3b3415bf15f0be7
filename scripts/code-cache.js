// V8's code of a compiled script, kept beside it from the first run of each command: making it from the source again is half of what a command computes.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import vm from 'node:vm';

/** What a CommonJS module is wrapped in, so that the source is used as it was read. */
export const WRAPPER = { banner: '(function (exports, require, module, __filename, __dirname) {', footer: '})' };

/**
 * Runs a wrapped CommonJS file and gives its exports, and `keep`, to be called when the work is done: functions are compiled when they are first called.
 * Another Node's or another processor's code V8 refuses, and then it is made anew.
 */
export function loadWithCode(file, command) {
  const codeFile = path.join(path.dirname(file), `${command}-${process.version}.code`);
  const cachedData = read(codeFile);
  // the source is ASCII (esbuild, charset), which is read soonest so
  const script = new vm.Script(readFileSync(file, 'latin1'), { filename: file, cachedData });
  /** @type {{ exports: { main?: (args: unknown) => Promise<unknown> } }} */
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, path.dirname(file));
  const isKept = cachedData !== undefined && script.cachedDataRejected !== true;
  return { exports: module.exports, keep: () => isKept || write(codeFile, script.createCachedData()) };
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Without it the next start takes longer, and that is all. */
function write(file, code) {
  try {
    const staged = `${file}.${process.pid}`;
    writeFileSync(staged, code);
    renameSync(staged, file);
  } catch {}
}
