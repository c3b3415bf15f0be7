import test from 'ava';
import { whyOwned } from '../../../lab-file/broker-options.ts';
import { REFUSED, TAKEN } from '../../lab/support/broker-options.ts';

for (const option of REFUSED) {
  test(`refuses ${option}, with the reason`, (t) => {
    t.regex(whyOwned(option) ?? '', /\w+ \w+/);
  });
}

for (const option of Object.keys(TAKEN)) {
  test(`takes ${option}`, (t) => {
    t.is(whyOwned(option), undefined);
  });
}
