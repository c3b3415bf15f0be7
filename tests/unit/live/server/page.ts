import test from 'ava';
import { PAGE, STYLE } from '../../../../live/server/page.ts';

test('the page has at most 150,000 bytes of script, for a browser alone', (t) => {
  t.true(Buffer.byteLength(PAGE) <= 150_000, `${Buffer.byteLength(PAGE)} bytes`);
  t.false(/\brequire\(|node:|^import /m.test(PAGE));
  t.true(STYLE.length > 0);
});
