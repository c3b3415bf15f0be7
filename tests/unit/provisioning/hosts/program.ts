import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { runProgram } from '../../../../provisioning/hosts/program.ts';

test('gives output and exit code, and undefined where the program is missing', async (t) => {
  t.deepEqual(await runProgram('sh', ['-c', 'echo out; echo err >&2; exit 3']), {
    code: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  t.is(await runProgram('/nonexistent/program', []), undefined);
});

test('names the bound that passed, and not an exit code', async (t) => {
  const error = await t.throwsAsync(runProgram('sh', ['-c', 'exec sleep 60'], 200), { instanceOf: LabError });
  t.regex(error?.message ?? '', /sleep 60: not finished after 0\.2 s/);
});

test('names the signal by which somebody else ended the program', async (t) => {
  const error = await t.throwsAsync(runProgram('sh', ['-c', 'kill -KILL $$']), { instanceOf: LabError });
  t.regex(error?.message ?? '', /ended by SIGKILL/);
});
