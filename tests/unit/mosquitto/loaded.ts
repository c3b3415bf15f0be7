import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LOADED_FUNCTIONS } from '../../../mosquitto/loaded.ts';
import { folderFor, sh } from '../_sh.ts';

/** A process of a program of its own in a folder that is for it what /etc/mosquitto, /run/mqtt-lab and its program's place are for a broker. */
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
  const says = (question: string) => sh(`${functions}\n${question}`).stdout.trim();
  return { folder, program, says, pid: child.pid ?? 0 };
}

const yesOrNo = (question: string) => `if ${question}; then echo yes; else echo no; fi`;

test('when a process began, to a tenth of a second', async (t) => {
  const { says, pid } = await started(t);
  t.true(Math.abs(Number(says(`began_at ${pid}`)) * 10 - Date.now()) < 2000);
  t.is(says('echo $(( ($(began_at self) - $(date +%s%2N) + 10) / 20 ))'), '0');
});

test('a process that began a second after the last change of the files has loaded them; one that began before, or about then, may not have', async (t) => {
  const { folder, says, pid } = await started(t);
  const files = `${folder}/mosquitto.conf ${folder}/conf.d ${folder}/conf.d/lab.conf`;
  t.is(says(yesOrNo(`has_loaded ${pid}`)), 'no');
  // nobody can set a file's ctime: the process's start is told later
  const later = (ms: number) => `began_at() { echo $(($(changed_at ${files}) + ${ms / 10})); }\n`;
  t.is(says(later(900) + yesOrNo(`has_loaded ${pid}`)), 'no');
  t.is(says(later(1100) + yesOrNo(`has_loaded ${pid}`)), 'yes');
});

test('a program that was replaced while it runs', async (t) => {
  const { program, says, pid } = await started(t);
  t.is(says(yesOrNo(`has_other_program ${pid}`)), 'no');
  const blind = `readlink() { :; }\nbegan_at() { echo $(($(changed_at ${program}) - 200)); }\n`;
  t.is(says(blind + yesOrNo(`has_other_program ${pid}`)), 'yes');
  t.is(says(blind.replace('- 200', '+ 200') + yesOrNo(`has_other_program ${pid}`)), 'no');
  rmSync(program);
  t.is(says(yesOrNo(`has_other_program ${pid}`)), 'yes');
});

test('what a process has loaded is on record for it alone, readable by nobody else, with the files as they were', async (t) => {
  const { folder, says, pid } = await started(t);
  t.is(
    says(`take_files && echo 'sam:y' >${folder}/lab.passwd && note_loaded ${pid}; ${yesOrNo(`in_record ${pid}`)}`),
    'yes',
  );
  t.is(says(yesOrNo('in_record $$')), 'no');
  t.is(
    says(`cd ${folder}/run/loaded-files && cat lab.passwd lab.conf main other`),
    'sam:x\nlistener 1883\npersistence truesys_interval 3',
  );
  t.is(
    says(
      `[ "$(cut -d' ' -f3 ${folder}/run/loaded)" = "$(digest ${folder}/run/loaded-files/lab.passwd)" ] && echo same`,
    ),
    'same',
  );
  t.is(
    says(`stat -c '%a %n' ${folder}/run ${folder}/run/* | sed 's|${folder}/||'`),
    '700 run\n600 run/loaded\n700 run/loaded-files',
  );
});

test('files that can not all be copied are none', async (t) => {
  const { folder, says } = await started(t);
  // no file may be written longer, as on a full disk
  t.is(says(`trap '' XFSZ; ulimit -f 0; ${yesOrNo('take_files')}`), 'no');
  // what others put beside the lab's file is part of them
  const unreadable = `cat() { case $1 in */other.conf) return 1 ;; *) command cat "$@" ;; esac; }`;
  t.is(says(`${unreadable}\n${yesOrNo('take_files')}`), 'no');
  writeFileSync(join(folder, 'lab.acl'), '');
  t.is(says(yesOrNo('take_files')), 'yes');
});
