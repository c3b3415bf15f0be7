import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { runProgram } from '../../../../provisioning/hosts/program.ts';
import { folderFor } from '../../_sh.ts';

test('gives output and exit code, and undefined where the program is missing', async (t) => {
  t.deepEqual(await runProgram('sh', ['-c', 'echo out; echo err >&2; exit 3']), {
    code: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  t.is(await runProgram('/nonexistent/program', []), undefined);
});

test('ends at the bound, though a grandchild holds the output open, and names the bound', async (t) => {
  const begin = performance.now();
  const pid = join(folderFor(t), 'pid');
  t.teardown(() => process.kill(Number(readFileSync(pid, 'utf8'))));
  const script = `sleep 20 & echo $! >${pid}; wait`;
  const error = await t.throwsAsync(runProgram('sh', ['-c', script], 1_000), { instanceOf: LabError });
  t.regex(
    error?.message ?? '',
    /wait: not finished after 1 s.*\n {2}try: run it by hand to see why, and check whether/,
  );
  t.true(performance.now() - begin < 15_000);
});

test('names the signal that ended the program from outside', async (t) => {
  const error = await t.throwsAsync(runProgram('sh', ['-c', 'kill -KILL $$']), { instanceOf: LabError });
  t.regex(error?.message ?? '', /ended by SIGKILL/);
});
