import test from 'ava';
import { InvalidArgumentError } from 'commander';
import { boundSeconds } from '../../../scripts/verify.ts';

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
