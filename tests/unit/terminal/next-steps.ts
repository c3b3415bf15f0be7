import path from 'node:path';
import test from 'ava';
import { nextSteps } from '../../../terminal/next-steps.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { liveBrokerAt, livePiAt } from '../_live.ts';

const plain = (_: unknown, text: string) => text;
const broker = liveBrokerAt({ address: '127.0.0.1', port: 1883 });
const pi = livePiAt('pi', { address: '198.18.7.1', port: 1883 });
/** A lab whose file is the one that is used when none is named. */
const here = (text: string) => ({ ...labOf(text), file: path.resolve('lab.yaml') });
const TALK = `${TWO_USERS}topics: { alone: { publish: [sam] }, a: { publish: [sam], subscribe: [alice] } }`;

test('where the broker is and commands that this lab file allows', (t) => {
  t.deepEqual(nextSteps({ lab: here(TALK), broker, pis: [pi] }, plain), [
    'broker: 127.0.0.1:1883, from pi 198.18.7.1:1883; users: sam, alice',
    'next:',
    '  ./lab subscribe --as alice a --debug',
    '  ./lab publish --as sam a hello --qos 1 --debug',
    '  ./lab ssh pi',
    '  ./lab down',
  ]);
});

test('without a topic that somebody reads, and without a Pi', (t) => {
  t.deepEqual(nextSteps({ lab: here(TWO_USERS), broker, pis: [] }, plain).slice(1), ['next:', '  ./lab down']);
});

test('another lab file is named; names are quoted as a shell needs it', (t) => {
  const text = `name: a\nusers: { "s'am": { password: x } }\ntopics: { "my topic": { publish: ["s'am"], subscribe: ["s'am"] } }`;
  const lab = { ...labOf(text), file: '/home/me/my labs/two.yaml' };
  t.deepEqual(nextSteps({ lab, broker, pis: [] }, plain).slice(2), [
    `  ./lab --lab '/home/me/my labs/two.yaml' subscribe --as 's'\\''am' 'my topic' --debug`,
    `  ./lab --lab '/home/me/my labs/two.yaml' publish --as 's'\\''am' 'my topic' hello --qos 1 --debug`,
    `  ./lab --lab '/home/me/my labs/two.yaml' down`,
  ]);
});

test('a topic that begins as an option does stands after all options; what would control a terminal is visible', (t) => {
  const text =
    'name: a\nusers: { "-n\u202e": { password: x } }\ntopics: { "-t $(x)": { publish: ["-n\u202e"], subscribe: ["-n\u202e"] } }';
  t.deepEqual(nextSteps({ lab: here(text), broker, pis: [] }, plain), [
    'broker: 127.0.0.1:1883; users: -n\\u202e',
    'next:',
    "  ./lab subscribe --as '-n\\u202e' --debug -- '-t $(x)'",
    "  ./lab publish --as '-n\\u202e' --qos 1 --debug -- '-t $(x)' hello",
    '  ./lab down',
  ]);
});
