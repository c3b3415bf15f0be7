import { spawn } from 'node:child_process';
import process from 'node:process';

/** What a desktop's programs need of the environment: passwords of the lab file may be in the rest of it. */
const PASSED =
  /^(DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|HOME|USER|LOGNAME|PATH|LANG|LC_\w+|BROWSER|DESKTOP_SESSION|(DBUS|XDG|KDE|GNOME)_\w+)$/;

/** Opens an address in the desktop's browser, where there is a desktop. Other users of this machine can read it in the list of processes. */
export function openBrowser(address: string, environment = process.env): void {
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return;
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => PASSED.test(name)));
  const child = spawn('xdg-open', [address], { detached: true, stdio: 'ignore', env });
  // the address is on the terminal too
  child.on('error', () => undefined);
  child.unref();
}
