import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import { parseRecorderLine, type RecorderLine } from '../../../../probes/live/recorder-lines.ts';
import { withPython } from '../../_python.ts';

const pythonTest = withPython(test);
const BOUND_MS = 20_000;

/** What the recorder reports in a scenario of _recorder.py. */
function reported(...scenario: string[]): (RecorderLine | undefined)[] {
  const [program, folder] = ['tests/unit/probes/live/_recorder.py', 'probes/live'].map((file) => path.resolve(file));
  const { stdout } = spawnSync('python3', [`${program}`, `${folder}`, ...scenario], { timeout: BOUND_MS });
  return stdout.toString().trim().split('\n').map(parseRecorderLine);
}

for (const name of ['ECONNRESET', 'EPIPE']) {
  pythonTest(`${name} is an RST of the peer`, (t) => {
    const [line] = reported('fail', name);
    t.like(line, { is: 'end', by: 'broker', how: 'RST' });
  });
}

for (const name of ['ETIMEDOUT', 'EHOSTUNREACH']) {
  pythonTest(`${name} is a failure with its code, and no RST`, (t) => {
    const [line, ...more] = reported('fail', name);
    t.like(line, { is: 'failed', code: name });
    t.deepEqual(more, []);
  });
}

pythonTest('a program gets an input that no pipe holds at once', (t) => {
  t.like(reported('start_with_long_input')[0], { is: 'line', text: '200000' });
});
