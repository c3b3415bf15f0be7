import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { openBrowser } from '../../../../live/server/open-browser.ts';
import { until } from '../../../lab/support/until.ts';
import { programsFor } from '../../_sh.ts';

const ADDRESS = 'http://127.0.0.1:1/x';

/** An xdg-open that writes down its arguments and its environment. */
function desktopFor(t: ExecutionContext) {
  const folder = programsFor(t, { 'xdg-open': 'cd "${0%/*}"; { echo "$@"; env; } > part; mv part called' });
  const file = path.join(folder, 'called');
  return { path: `${folder}:${process.env.PATH}`, file };
}

test('opens the browser of a desktop, without the passwords that the environment has', async (t) => {
  const { path: search, file } = desktopFor(t);
  openBrowser(ADDRESS, { PATH: search, DISPLAY: ':0', XDG_RUNTIME_DIR: '/run/user/1', MQTT_SAM: 'sam-password' });
  const called = await until('the browser', 10_000, () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined));
  t.true(called.startsWith(`${ADDRESS}\n`), called);
  t.regex(called, /^XDG_RUNTIME_DIR=/m);
  t.false(called.includes('sam-password'));
});

test('opens nothing without a desktop, and goes on without xdg-open', async (t) => {
  const { path: search, file } = desktopFor(t);
  openBrowser(ADDRESS, { PATH: search });
  t.notThrows(() => openBrowser(ADDRESS, { PATH: '/nowhere', WAYLAND_DISPLAY: 'wayland-0' }));
  // a browser that was started is there by then
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.false(existsSync(file));
});
