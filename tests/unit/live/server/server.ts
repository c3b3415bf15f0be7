import { connect } from 'node:net';
import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { startServer } from '../../../../live/server/server.ts';
import { until } from '../../../lab/support/until.ts';
import { SETUP, serving } from './_serving.ts';

const BOUND_MS = 10_000;
const STOP = { do: 'stop' };
const rate = (perSecond: number) => ({ is: 'rate', perSecond }) as const;

test('listens on 127.0.0.1 alone, below a token of 192 bits', async (t) => {
  const { server } = await serving(t);
  t.regex(server.address, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  const other = await serving(t);
  t.not(new URL(other.server.address).pathname, new URL(server.address).pathname);
});

test('gives the page, its script and its style sheet, which may load nothing else', async (t) => {
  const { ask, home } = await serving(t);
  const page = await ask(home);
  t.is(page.status, 200);
  t.regex(page.body, /<script src="page.js" defer>/);
  t.is((await ask(`${home}page.js`)).body, 'script();');
  t.is((await ask(`${home}style.css`)).body, 'p {}');
  const policy = String(page.headers['content-security-policy']);
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
    t.true(policy.includes(rule), rule);
  t.false(/unsafe|\*/.test(policy));
  t.is(page.headers['cache-control'], 'no-store');
  t.is(page.headers['x-content-type-options'], 'nosniff');
  t.is(page.headers['referrer-policy'], 'no-referrer');
});

test('gives nothing without the token, and no hint', async (t) => {
  const { ask, home } = await serving(t);
  const token = home.slice(1, -1);
  const wrong = ['/', '/favicon.ico', `/${token.slice(1)}/`, `/${'x'.repeat(32)}/events`, `/${token}`, `//${token}/`];
  for (const path of wrong) {
    const { status, body, headers } = await ask(path);
    t.deepEqual([path, status, body], [path, 404, 'not found']);
    t.false(JSON.stringify(headers).includes(token));
  }
  t.is((await ask(`${home}?x`)).status, 404);
  t.is((await ask(home, { method: 'DELETE' })).status, 404);
});

test('refuses a name that was made to resolve to 127.0.0.1', async (t) => {
  const { ask, home, port } = await serving(t);
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', '127.0.0.1:1', `127.0.0.1:${port}.evil`])
    t.is((await ask(home, { headers: { host } })).status, 403, host);
  t.is((await ask(home, { headers: { host: `localhost:${port}` } })).status, 200);
});

test('takes commands from its own page alone', async (t) => {
  const { post, own, commands, port, ask, home } = await serving(t);
  const foreign = ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}`];
  for (const origin of [...foreign, `http://localhost:${port}`])
    t.is((await post(STOP, { ...own, origin })).status, 403, origin);
  t.is((await post(STOP, { 'content-type': 'application/json' })).status, 403);
  t.is((await post(STOP, { ...own, 'sec-fetch-site': 'cross-site' })).status, 403);
  t.is((await post(STOP, { ...own, 'content-type': 'text/plain' })).status, 415);
  t.is((await ask(`${home}events`, { headers: { origin: 'http://evil.example' } })).status, 403);
  t.is((await ask(`${home}page.js`, { headers: { 'sec-fetch-site': 'same-site' } })).status, 403);
  t.deepEqual(commands, []);
  t.is((await post(STOP, { ...own, 'sec-fetch-site': 'same-origin' })).status, 204);
  t.deepEqual(commands, [STOP]);
});

test('opens from a link elsewhere, but not in a frame', async (t) => {
  const { ask, home } = await serving(t);
  const visit = (dest: string) => ({
    headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': dest },
  });
  t.is((await ask(home, visit('document'))).status, 200);
  t.is((await ask(home, visit('iframe'))).status, 403);
});

test('the address for once leads to the page once', async (t) => {
  const { server, ask, home } = await serving(t);
  const { pathname } = new URL(server.addressForOnce());
  t.false(pathname.includes(home.slice(1, -1)));
  const first = await ask(pathname);
  t.deepEqual([first.status, first.headers.location], [303, home]);
  t.is((await ask(pathname)).status, 404);
  const brief = await serving(t, { limits: { once: 1 } });
  const late = new URL(brief.server.addressForOnce()).pathname;
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.is((await brief.ask(late)).status, 404);
});

test('says what is wrong with a command', async (t) => {
  const { post, own, home, ask, commands } = await serving(t);
  const unknown = await post({ do: 'explode' });
  t.is(unknown.status, 400);
  t.regex(unknown.body, /^this is no command: /);
  const long = await post({ do: 'publish', topic: 'a', payload: 'x'.repeat(20_000), qos: 0, retain: false });
  t.is(long.status, 400);
  t.is(long.body, 'the payload is longer than 16384 bytes; nothing was done');
  t.is((await ask(`${home}command`, { method: 'POST', headers: own, body: '{' })).status, 400);
  const huge = await post({ do: 'answer', step: '1', text: 'x'.repeat(64_000) });
  t.deepEqual([huge.status, huge.body], [413, 'a command has at most 64000 bytes, and a payload 16384']);
  const chunked = { ...own, 'transfer-encoding': 'chunked' };
  t.is((await ask(`${home}command`, { method: 'POST', headers: chunked, body: 'x'.repeat(65_000) })).status, 413);
  t.deepEqual(commands, []);
});

test('answers 422 with the reason why a command did not work, and 500 for a mistake of its own', async (t) => {
  const trouble = new LabError({ subject: 'broker', step: 'restart', happened: 'no', advice: 'wait' }, 'failed');
  const failing = await serving(t, { execute: () => Promise.reject(trouble) });
  const { status, body } = await failing.post(STOP);
  t.deepEqual([status, body], [422, 'broker: restart: no\n  try: wait']);
  const broken = await serving(t, { execute: () => Promise.reject(new TypeError('x is undefined')) });
  t.is((await broken.post(STOP)).status, 500);
});

test('takes a bounded number of commands a second', async (t) => {
  const { post, commands } = await serving(t, { limits: { commands: 3 } });
  const replies = await Promise.all(Array.from({ length: 5 }, () => post(STOP)));
  t.deepEqual(replies.map(({ status }) => status).sort(), [204, 204, 204, 429, 429]);
  t.is(commands.length, 3);
});

test('sends the setup, then each event with its number, those of one tick together', async (t) => {
  const { add, follow } = await serving(t);
  add(rate(1));
  const { response, read } = await follow();
  t.is(response.headers['content-type'], 'text/event-stream; charset=utf-8');
  await until('the first event', BOUND_MS, () => read.text.includes('id: 1\n') || undefined);
  t.true(read.text.startsWith(`retry: 500\nevent: setup\ndata: ${JSON.stringify(SETUP)}\n\nid: 1\ndata: {`), read.text);
  const chunks: string[] = [];
  response.on('data', (chunk) => chunks.push(String(chunk)));
  add(rate(2), rate(3));
  await until('the others', BOUND_MS, () => read.text.includes('id: 3\n') || undefined);
  t.deepEqual(
    chunks,
    [2, 3]
      .map((n) => `id: ${n}\ndata: {"is":"rate","perSecond":${n},"seq":${n},"at":0}\n\n`)
      .join('')
      .split('\0'),
  );
});

test('goes on after the last event that a page has', async (t) => {
  const { add, follow } = await serving(t);
  add(rate(1), rate(2), rate(3));
  const { read } = await follow({ 'last-event-id': '2' });
  await until('the third event', BOUND_MS, () => read.text.includes('id: 3\n') || undefined);
  t.deepEqual(
    [...read.text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id),
    ['3'],
  );
  for (const odd of ['x', '-1', '1.5', '']) {
    const all = await follow({ 'last-event-id': odd });
    await until(`all events after ${odd}`, BOUND_MS, () => all.read.text.includes('id: 3\n') || undefined);
    t.true(all.read.text.includes('id: 1\n'), odd);
  }
});

test('keeps a quiet stream open', async (t) => {
  const { follow } = await serving(t, { limits: { heartbeat: 20 } });
  const { read } = await follow();
  await until('two heartbeats', BOUND_MS, () => /\n:\n\n:\n\n$/.test(read.text) || undefined);
  t.pass();
});

test('disconnects a reader that takes nothing, and forgets it', async (t) => {
  const { add, port, home, listeners } = await serving(t, { limits: { stalled: 200 } });
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(`GET ${home}events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await until('the stream', BOUND_MS, () => listeners.size === 1 || undefined);
  const text = 'x'.repeat(100_000);
  for (let count = 0; count < 300; count += 1) add({ is: 'trouble', text });
  await until('the end of the stream', BOUND_MS, () => listeners.size === 0 || undefined);
  t.pass();
});

test('a long transcript reaches a reader whole', async (t) => {
  const { add, follow } = await serving(t);
  const text = 'x'.repeat(10_000);
  for (let count = 0; count < 500; count += 1) add({ is: 'trouble', text });
  const { read } = await follow();
  await until('the last event', BOUND_MS, () => read.text.includes('id: 500\n') || undefined);
  t.is([...read.text.matchAll(/^id: /gm)].length, 500);
});

test('notices that the last page has gone, but no page that loads again or is one of two', async (t) => {
  const { follow, calls, listeners } = await serving(t, { limits: { nobody: 300, heartbeat: 500 } });
  const first = await follow();
  const second = await follow();
  first.response.destroy();
  await until('the end of the first', BOUND_MS, () => listeners.size === 1 || undefined);
  second.response.destroy();
  await until('the end of the second', BOUND_MS, () => listeners.size === 0 || undefined);
  const third = await follow();
  // longer than nobody may be there
  await until('a heartbeat', BOUND_MS, () => third.read.text.includes('\n:\n\n') || undefined);
  t.is(calls.nobody, 0);
  const begun = performance.now();
  third.response.destroy();
  await until('the call', BOUND_MS, () => calls.nobody === 1 || undefined);
  t.true(performance.now() - begun > 250);
  t.is(calls.nobody, 1);
});

test('ends the streams with the server', async (t) => {
  const { follow, server, calls } = await serving(t, { limits: { nobody: 1 } });
  const { response } = await follow();
  await server[Symbol.asyncDispose]();
  await until('the end of the stream', BOUND_MS, () => response.closed || undefined);
  t.is(calls.nobody, 0);
});

test('names a port that another program has', async (t) => {
  const { port } = await serving(t);
  const starting = startServer({ port, session: new Promise(() => undefined), page: '', style: '' });
  const error = await t.throwsAsync(starting, { instanceOf: LabError });
  t.is(error.exitCode, 2);
  t.regex(error.message, /^live view: listen on port \d+ of 127\.0\.0\.1: another program listens there\n {2}try: /);
});
