import test from 'ava';
import { cacheFolder } from '../../../../vm/support/image.ts';

test('keeps images in the cache folder of the user', (t) => {
  t.is(cacheFolder({ XDG_CACHE_HOME: '/caches' }), '/caches/mqtt-lab/vm');
  t.regex(cacheFolder({ XDG_CACHE_HOME: '' }), /^\/.*\/\.cache\/mqtt-lab\/vm$/);
});
