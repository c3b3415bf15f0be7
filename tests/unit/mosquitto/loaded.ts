import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LOADED_FUNCTIONS } from '../../../mosquitto/loaded.ts';
import { folderFor, sh } from '../_sh.ts';

/** A process with a folder instead of /etc/mosquitto and /run/mqtt-lab, and its own program instead of the broker's. */
async function started(t: ExecutionContext) {
  const folder = folderFor(t);
  mkdirSync(join(folder, 'conf.d'));
  writeFileSync(join(folder, 'mosquitto.conf'), 'persistence true');
  writeFileSync(join(folder, 'conf.d', 'lab.conf'), 'listener 1883\n');
  writeFileSync(join(folder, 'conf.d', 'other.conf'), 'sys_interval 3');
  writeFileSync(join(folder, 'lab.passwd'), 'sam:x\n');
  const program = join(folder, 'broker');
  copyFileSync('/bin/sleep', program);
  const child = spawn(program, ['60'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const functions = LOADED_FUNCTIONS.replaceAll('/etc/mosquitto', folder)
    .replaceAll('/run/mqtt-lab', join(folder, 'run'))
    .replaceAll('/usr/sbin/mosquitto', program);
  const output = (question: string) => sh(`${functions}\n${question}`).stdout.trim();
  return { folder, program, output, pid: child.pid ?? 0 };
}

const yesOrNo = (question: string) => `if ${question}; then echo yes; else echo no; fi`;

test('finds when a process began, to a tenth of a second', async (t) => {
  const { output, pid } = await started(t);
  t.true(Math.abs(Number(output(`began_at ${pid}`)) * 10 - Date.now()) < 2000);
  t.is(output('echo $(( ($(began_at self) - $(date +%s%2N) + 10) / 20 ))'), '0');
});

test('finds that a process has loaded the files if it began at least a second after their last change', async (t) => {
  const { folder, output, pid } = await started(t);
  const files = `${folder}/mosquitto.conf ${folder}/conf.d ${folder}/conf.d/lab.conf`;
  t.is(output(yesOrNo(`has_loaded ${pid}`)), 'no');
  // a file's ctime cannot be set, so the test moves the process's start
  const later = (ms: number) => `began_at() { echo $(($(changed_at ${files}) + ${ms / 10})); }\n`;
  t.is(output(later(900) + yesOrNo(`has_loaded ${pid}`)), 'no');
  t.is(output(later(1100) + yesOrNo(`has_loaded ${pid}`)), 'yes');
});

test('notices that a running program was replaced', async (t) => {
  const { program, output, pid } = await started(t);
  t.is(output(yesOrNo(`has_other_program ${pid}`)), 'no');
  const blind = `readlink() { :; }\nbegan_at() { echo $(($(changed_at ${program}) - 200)); }\n`;
  t.is(output(blind + yesOrNo(`has_other_program ${pid}`)), 'yes');
  t.is(output(blind.replace('- 200', '+ 200') + yesOrNo(`has_other_program ${pid}`)), 'no');
  rmSync(program);
  t.is(output(yesOrNo(`has_other_program ${pid}`)), 'yes');
});

test('records what a process has loaded, with copies of the files, for its owner only', async (t) => {
  const { folder, output, pid } = await started(t);
  t.is(
    output(`take_files && echo 'sam:y' >${folder}/lab.passwd && note_loaded ${pid}; ${yesOrNo(`in_record ${pid}`)}`),
    'yes',
  );
  t.is(output(yesOrNo('in_record $$')), 'no');
  t.is(
    output(`cd ${folder}/run/loaded-files && cat lab.passwd lab.conf main other`),
    'sam:x\nlistener 1883\npersistence truesys_interval 3',
  );
  t.is(
    output(
      `[ "$(cut -d' ' -f3 ${folder}/run/loaded)" = "$(digest ${folder}/run/loaded-files/lab.passwd)" ] && echo same`,
    ),
    'same',
  );
  t.is(
    output(`stat -c '%a %n' ${folder}/run ${folder}/run/* | sed 's|${folder}/||'`),
    '700 run\n600 run/loaded\n700 run/loaded-files',
  );
});

test('takes no files where it cannot copy all of them', async (t) => {
  const { folder, output } = await started(t);
  // no file may be written longer, as on a full disk
  t.is(output(`trap '' XFSZ; ulimit -f 0; ${yesOrNo('take_files')}`), 'no');
  // foreign files beside the lab's count too
  const unreadable = `cat() { case $1 in */other.conf) return 1 ;; *) command cat "$@" ;; esac; }`;
  t.is(output(`${unreadable}\n${yesOrNo('take_files')}`), 'no');
  writeFileSync(join(folder, 'lab.acl'), '');
  t.is(output(yesOrNo('take_files')), 'yes');
});
