// The step of action.yml: runs the lab, writes the job summary and prints annotations. Plain JavaScript without packages; the environment carries the inputs.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { annotations } from './annotations.js';

const { LAB_FILE = 'lab.yaml', LAB_COMMAND = 'verify', LAB_ARGS = '', LAB_VERSION = '' } = process.env;
const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY } = process.env;
const OWN_LAB = fileURLToPath(new URL('../lab', import.meta.url));

/** [input; what is allowed; its value] */
const INPUTS = [
  ['command', /^(verify|up)$/, LAB_COMMAND],
  ['lab', /^[^\n\r]+$/, LAB_FILE],
  ['version', /^[\w.~^+-]*$/, LAB_VERSION],
];

process.exitCode = await main();

async function main() {
  const wrong = INPUTS.filter(([, allowed, value]) => !allowed.test(value)).map(([name]) => name);
  if (wrong.length > 0) {
    console.log(`::error title=mqtt-lab::these inputs of the action have a wrong value: ${wrong.join(', ')}`);
    return 2;
  }
  const runs = path.join(path.dirname(LAB_FILE), '.lab', 'runs');
  if (GITHUB_OUTPUT !== undefined) appendFileSync(GITHUB_OUTPUT, `runs=${runs}\n`);
  const { exitCode, json } = await runLab();
  const labText = existsSync(LAB_FILE) ? readFileSync(LAB_FILE, 'utf8') : '';
  for (const line of annotations(json, { file: LAB_FILE, labText })) console.log(line);
  return exitCode;
}

async function runLab() {
  const [program, ...first] =
    LAB_VERSION === '' ? [process.execPath, OWN_LAB] : ['npx', '--yes', `mqtt-lab@${LAB_VERSION}`];
  const summary = GITHUB_STEP_SUMMARY === undefined ? [] : ['--summary', GITHUB_STEP_SUMMARY];
  const args = ['--lab', LAB_FILE, LAB_COMMAND, ...LAB_ARGS.split(/\s+/).filter((word) => word !== '')];
  // a line of a host or a broker must not become a command of the workflow
  const token = randomUUID();
  console.log(`::stop-commands::${token}`);
  const child = spawn(program, [...first, ...args, '--json', ...summary], { stdio: ['ignore', 'pipe', 1] });
  try {
    const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return { exitCode: code ?? 2, json: parsed(printed) };
  } catch (error) {
    console.log(`mqtt-lab: ${program} does not start: ${error.message}`);
    return { exitCode: 2, json: {} };
  } finally {
    console.log(`::${token}::`);
  }
}

/** Without an object there is nothing to annotate, as after a kill. */
function parsed(printed) {
  try {
    return JSON.parse(printed);
  } catch {
    return {};
  }
}
