import test from 'ava';
import { InvalidArgumentError } from 'commander';
import { boundSeconds, runCount } from '../../../scripts/verify.ts';

for (const [text, value] of [
  ['0.5', 0.5],
  ['90', 90],
  ['86400', 86_400],
] as const) {
  test(`--timeout ${text}`, (t) => {
    t.is(boundSeconds(text), value);
  });
}

// past 2³¹ ms a timer of Node fires at once
for (const text of ['0', '-1', 'soon', '', '86401', '9999999', 'Infinity']) {
  test(`--timeout '${text}' is refused`, (t) => {
    t.throws(() => boundSeconds(text), { instanceOf: InvalidArgumentError, message: /above 0 and at most 86400/ });
  });
}

for (const [text, value] of [
  ['1', 1],
  ['100', 100],
] as const) {
  test(`--repeat ${text}`, (t) => {
    t.is(runCount(text), value);
  });
}

for (const text of ['0', '-1', '1.5', 'twice', '', '100001', 'Infinity']) {
  test(`--repeat '${text}' is refused`, (t) => {
    t.throws(() => runCount(text), { instanceOf: InvalidArgumentError, message: /whole number from 1 to 100000/ });
  });
}
