import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { textOf } from './_documents.ts';

const FOLDERS = ['deployment', 'lab-file', 'mosquitto', 'pi', 'probes', 'provisioning', 'scripts', 'terminal'];
const SHORTEST = 8;

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js|sh)$/.test(name))
    .map((name) => readFileSync(path.join(folder, name), 'utf8')),
).join('\n');

const messages = [...textOf('docs/troubleshooting.md').matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message),
);

test('there are messages', (t) => {
  t.true(messages.length > 15);
});

for (const message of messages) {
  test(`a source prints ${message}`, (t) => {
    // what a message names differs from run to run
    const parts = message.split(/…|\b1883\b|arm64|SHA256:/).map((part) => part.trim());
    const fixed = parts.filter((part) => part.length >= SHORTEST);
    t.true(fixed.length > 0, message);
    for (const part of fixed) t.true(sources.includes(part), part);
  });
}
