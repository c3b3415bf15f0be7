import test from 'ava';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { App } from '../../../../live/page/app.tsx';
import { store } from '../../../../live/page/store.ts';

test('a page without a session waits, and says when none begins', (t) => {
  const { link: begin } = store.state;
  t.teardown(() => store.update((state) => ({ ...state, link: begin })));
  t.regex(renderToString(h(App, {})), /Connecting to the live view …/);
  for (const link of ['lost', 'closed'] as const) {
    store.update((state) => ({ ...state, link }));
    t.regex(renderToString(h(App, {})), /The live view did not begin: its terminal says why\./);
  }
});
