import { spawn } from 'node:child_process';
import process from 'node:process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { deferred } from '../../base/deferred.ts';
import { lineReader } from '../../provisioning/hosts/shell.ts';
import { endpointText } from '../clients/held-connection.ts';
import type { Endpoint } from '../mqtt/endpoint.ts';
import { now } from '../mqtt/packet.ts';
import { endHere } from '../network/kernel-end.ts';
import type { OnLine, Recorder } from './recorder.ts';
import { parseRecorderLine } from './recorder-lines.ts';

const PROGRAM = fileURLToPath(new URL('recorder.js', import.meta.url));

/** Starts a recorder on this machine. The endpoint, which may have a key, goes through a pipe. */
export function recordHere(endpoint: Endpoint, onLine: OnLine): Recorder {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env: {} });
  const pipe = child.stdio[3];
  if (pipe instanceof Writable) pipe.on('error', () => undefined).end(endpointText(endpoint));
  const ended = deferred<string | undefined>();
  let complaint: string | undefined;
  let localPort = Number.NaN;
  const lines = lineReader((text) => {
    const line = parseRecorderLine(text);
    if (line?.is === 'open') localPort = line.port;
    if (line !== undefined) onLine(line);
  });
  const complaints = lineReader((text) => {
    if (text.trim() !== '') complaint = text;
  });
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', lines.push);
  child.stderr.setEncoding('utf8').on('data', complaints.push);
  child.on('error', ({ message }) => ended.resolve(message));
  child.on('close', () => ended.resolve(complaint));
  return {
    ended: ended.promise,
    send(command) {
      if (child.stdin.writable) child.stdin.write(`${JSON.stringify(command)}\n`);
    },
    async kill() {
      const at = now();
      child.kill('SIGKILL');
      await ended.promise;
      return { at, how: await endHere(localPort, endpoint) };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended.promise;
    },
  };
}
