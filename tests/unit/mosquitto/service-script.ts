import test from 'ava';
import { DROP_INS } from '../../../mosquitto/service-script.ts';
import { sh } from '../_sh.ts';

const named = (paths: string) => sh(`systemctl() { echo '${paths}'; }\n${DROP_INS}\nname_drop_ins`).stdout;

test("names the drop-ins with which a host changes the broker's service", (t) => {
  const path = '/etc/systemd/system/mosquitto.service.d/own.conf';
  t.regex(named(path), new RegExp(`changes the service in ${path} `));
  t.is(named(''), '');
});
