import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import type { CheckRecord } from '../../../../records/record.ts';
import type { Results } from '../../../../records/results.ts';
import { pageHtml } from '../../../../report/page/page.tsx';
import { SECTIONS } from '../../../../report/page/sections.ts';
import { recordOf, resultsOf } from './_results.ts';
import { wholeRun } from './_whole-run.ts';

const html = (results: Results) => pageHtml(results, '');
const idsOf = (page: string) => [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);

test('has a section and a link for every question, in the order of the checkpoint', (t) => {
  const page = html(resultsOf(wholeRun()));
  const ids = SECTIONS.map(({ id }) => id);
  t.deepEqual(idsOf(page), ids);
  for (const id of ids) t.true(page.includes(`<li><a href="#${id}">`), id);
});

test('begins with the failures of a run that did not pass', (t) => {
  const failing = html(resultsOf([...wholeRun(), recordOf('will.fin.x', { verdict: 'fail', reason: 'no will came' })]));
  t.is(idsOf(failing)[0], 'failures');
  t.regex(failing, /✗ The lab differs from the lab file\./);
  const first = failing.slice(
    failing.indexOf('<section id="failures"'),
    failing.indexOf('<section id="authorisation"'),
  );
  t.regex(first, /no will came/);
});

test('groups failures with one reason, and shows the advice of their check', (t) => {
  const failed = (id: CheckRecord['id'], reason: string) =>
    recordOf(id, { verdict: 'fail', reason, advice: `look into ${reason}` });
  const page = html(resultsOf([failed('will.a', 'late'), failed('will.b', 'late'), failed('acl.c', 'let in')]));
  const section = page.slice(page.indexOf('<section id="failures"'), page.indexOf('<section id="authorisation"'));
  t.is(section.match(/<h3>/g)?.length, 2);
  t.regex(section, /look into late.*1 more check failed for the same reason.*will\.b.*/s);
});

test('names the commands that measure each question where a run has no results', (t) => {
  const empty = html(resultsOf([], { only: 'nothing' }));
  t.regex(empty, /the run proves nothing/);
  for (const command of ['auth', 'acl', 'qos.sequence', 'qos.size', 'qos.matrix']) {
    t.true(empty.includes(`<code>./lab verify --only ${command}</code> measures it`), command);
  }
  t.true(empty.includes('<code>./lab report --only qos.latency</code> measures it'));
  t.false(empty.includes('<figure'));
});

test('repeats a run with the listener that its command line named', (t) => {
  const page = html(resultsOf([], { full: false, only: 'qos', listener: 8884 }));
  t.regex(page, /\.\/lab verify --only &#x27;qos&#x27; --listener 8884|\.\/lab verify --only 'qos' --listener 8884/);
});

test('gives the reason of a skipped question', (t) => {
  const reason = 'the broker is external';
  const page = html(resultsOf([recordOf('qos.size.q0.1.pi', { verdict: 'skipped', observed: undefined, reason })]));
  const section = page.slice(page.indexOf('<section id="qos-size"'), page.indexOf('<section id="qos-latency"'));
  t.regex(section, /Not measured in this run.*skipped.*qos\.size\.q0\.1\.pi.*the broker is external/s);
});

test('says which questions need a Pi where the lab has none', (t) => {
  const without = html(resultsOf([], { pis: [] }));
  for (const command of ['verify --only qos.sequence', 'verify --only qos.size', 'report --only qos.latency']) {
    const words = `it takes a Pi, and this lab has none. With a Pi in lab.yaml <code>./lab ${command}</code> measures it.`;
    t.true(without.includes(words), command);
  }
  t.true(without.includes('<code>./lab verify --only qos.matrix</code> measures it'));
  t.notRegex(without, /this lab has none\. With a Pi in lab\.yaml <code>\.\/lab verify --only qos\.matrix/);
  t.notRegex(html(resultsOf([])), /it takes a Pi/);
});

test('has a table of packets for each diagram of the QoS table', (t) => {
  const page = html(resultsOf(wholeRun()));
  const section = page.slice(
    page.indexOf('<section id="qos-matrix"'),
    page.indexOf('</section>', page.indexOf('<section id="qos-matrix"')),
  );
  t.is(section.match(/<figure /g)?.length, 3);
  t.is(section.match(/The packets as a table/g)?.length, 3);
});

test('renders an old run without environment', (t) => {
  const { environment: _, ...old } = resultsOf(wholeRun());
  t.regex(html(old), /<h1><bdi>lab<\/bdi>/);
  t.notRegex(html(old), /This section failed/);
});

test('loads nothing, and runs no script but its own', (t) => {
  const page = html(resultsOf(wholeRun()));
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  t.regex(policy, /^default-src 'none'; /);
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
  t.is(scripts.length, 1);
  const digest = createHash('sha256')
    .update(scripts[0] ?? '')
    .digest('base64');
  t.true(policy.includes(`script-src 'sha256-${digest}'`));
  t.notRegex(page, /(?:src|href)="(?!#|data:,")/);
  t.notRegex(page, /@import|url\(/);
});

test('contains the records unaltered', (t) => {
  const records = '{"id":"qos.a","claim":"</script>\u202e"}\n';
  const [, packed = ''] = /id="records">([^<]*)</.exec(pageHtml(resultsOf([]), records)) ?? [];
  t.is(gunzipSync(Buffer.from(packed, 'base64')).toString(), records);
});

test('escapes topics, users and payloads, and makes invisible characters visible', (t) => {
  const bad = '<script>alert("1")</script>\u202e\u0007';
  const record = recordOf('acl.publish.x.y.q0.v5', {
    ...{
      verdict: 'fail',
      claim: bad,
      reason: bad,
      expected: bad,
      observed: { [bad]: bad },
      evidence: [bad],
      host: bad,
    },
  });
  const page = html(resultsOf([record], { lab: bad }));
  t.notRegex(page, /<script>alert/);
  t.true(page.includes('&lt;script>alert(&quot;1&quot;)&lt;/script>\\u202e\\x07'));
  for (const unseen of ['\u202e', '\u0007']) t.false(page.includes(unseen));
});

test('draws plots with units on the axes, and without duplicate ids', (t) => {
  const page = html(resultsOf(wholeRun()));
  const figure = page.slice(page.indexOf('<figure id="figure-latency-pi"'));
  const svg = figure.slice(0, figure.indexOf('</svg>', figure.indexOf('class="plot"')));
  for (const words of ['latency in ms', 'share of the messages', 'TCP_NODELAY', 'Nagle'])
    t.true(svg.includes(words), words);
  t.regex(
    figure,
    /role="img" aria-label="Cumulative distributions of the latency\. QoS 0 TCP_NODELAY: half within 0\.\d+ ms/,
  );
  t.is(page.match(/<style/g)?.length, 1);
});
