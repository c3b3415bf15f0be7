import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { Writable } from 'node:stream';
import test from 'ava';
import { hasEnded } from '../../../../provisioning/hosts/local-process.ts';
import { until } from '../../../lab/support/until.ts';
import { accept, fakeBroker } from '../../_fake-broker.ts';

const PROGRAM = path.resolve('probes/live/recorder.js');
const BOUND_MS = 20_000;

test('the recorder ends the connection and itself when its input ends, also when its parent was killed', async (t) => {
  const closed: string[] = [];
  const endpoint = await fakeBroker(t, (packet, socket) => {
    accept(packet, socket);
    socket.on('close', () => closed.push('closed'));
  });
  const connect = '101000044d51545404020000000461626364';
  // a parent that only holds the recorder's input
  const script = `const child = require('node:child_process').spawn(process.execPath, [process.argv[1]], { stdio: ['pipe', 'inherit', 'inherit', 3] });
child.stdin.write(process.argv[2] + '\\n');`;
  const send = JSON.stringify({ do: 'send', hex: connect });
  const parent = spawn(process.execPath, ['-e', script, PROGRAM, send], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const pipe = parent.stdio[3];
  if (pipe instanceof Writable) pipe.end(JSON.stringify(endpoint));
  let output = '';
  parent.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await until('the CONNACK', BOUND_MS, () => output.includes('"20020000"') || undefined);
  const over = once(parent, 'close');
  parent.kill('SIGKILL');
  await over;
  await until('the end of the connection', BOUND_MS, () => closed[0]);
  t.true(output.includes(`"sent","hex":"${connect}"`));
  const pid = Number(/"pid":(\d+)/.exec(output)?.[1]);
  await until('the end of the recorder', BOUND_MS, () => hasEnded(pid) || undefined);
});
