import test from 'ava';
import { textOf } from './_documents.ts';
import { sourcesOf } from './_sources.ts';

const SHORTEST = 8;

const sources = sourcesOf([
  ...['deployment', 'lab-file', 'mosquitto', 'pi', 'probes', 'provisioning', 'scripts', 'terminal'],
]);

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
