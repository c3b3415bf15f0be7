import type { Lab } from '../provisioning/lab-file/lab.ts';
import type { Facts } from '../provisioning/resources/facts.ts';
import { fileItem } from '../provisioning/resources/file-item.ts';
import { fileQuery, foundFile, replaceFiles, type WantedFile } from '../provisioning/resources/files.ts';
import { isChange, type Resource } from '../provisioning/resources/resource.ts';
import { renderAcl } from './acl.ts';
import { maskConf, renderConf } from './conf.ts';
import { maskPasswd, renderPasswd } from './passwd.ts';
import { ACL, BINARY, FOLDER, LAB_CONF, PASSWD } from './paths.ts';

const TRIAL_TIMEOUT_MS = 120_000;

/** lab.conf, lab.passwd and lab.acl: replaced together, and only after the host's own mosquitto has run with them. */
export function configuration(lab: Lab): Resource {
  return {
    id: 'configuration',
    queries: [LAB_CONF, PASSWD, ACL].map(fileQuery),
    plan(facts) {
      const files = wantedFiles(lab, facts);
      const items = files.map((file) => fileItem(foundFile(facts.get(fileQuery(file.path))), file));
      const changed = items.filter(isChange);
      if (changed.length === 0) return { items };
      const change = {
        summary: `write ${changed.map(({ name, detail = 'missing' }) => `${name} (${detail})`).join(', ')}`,
        script: replaceFiles(FOLDER, files, TRIAL),
        timeoutMs: TRIAL_TIMEOUT_MS,
        advice:
          'mend what the broker complains about under `broker.options` in the lab file; the old configuration is still in use',
      };
      return { items, change };
    },
  };
}

function wantedFiles(lab: Lab, facts: Facts): readonly WantedFile[] {
  const current = foundFile(facts.get(fileQuery(PASSWD)))?.content ?? '';
  const ownership = { owner: 'mosquitto', group: 'mosquitto', mode: '600' };
  return [
    { path: LAB_CONF, content: renderConf(lab), mask: maskConf, ...ownership },
    { path: PASSWD, content: renderPasswd(lab.users, current), mask: maskPasswd, ...ownership },
    { path: ACL, content: renderAcl(lab), ...ownership },
  ];
}

/**
 * Runs the real broker with the staged files ($staged/0 to 2) for a moment, on a Unix socket in the staging folder: no port is opened, and
 * no persistence, since a second broker must not touch the live database. mosquitto has no dry run before 2.1, and 2.1's overwrites the
 * live database (eclipse/mosquitto issue 3712). A broker that opens its socket has read every file. It is ended by KILL: 2.0.11 forgets a TERM
 * that comes between the installation of its signal handlers and its main loop, and would run on for ever.
 */
const TRIAL = `
chown mosquitto "$staged"
sed -e "s|^listener .*|listener 0 $staged/trial.sock|" -e "s|^password_file .*|password_file $staged/1|" \\
  -e "s|^acl_file .*|acl_file $staged/2|" -e '/^persistence /d' -e '/^log_dest /d' "$staged/0" >"$staged/trial.conf"
printf 'persistence false\\nlog_dest stderr\\n' >>"$staged/trial.conf"
chown mosquitto "$staged/trial.conf"
${BINARY} -c "$staged/trial.conf" >"$staged/trial.log" 2>&1 &
trial=$!
tries=0
while [ ! -S "$staged/trial.sock" ] && kill -0 "$trial" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
if ! { [ -S "$staged/trial.sock" ] && kill -9 "$trial" 2>/dev/null; }; then
  kill -9 "$trial" 2>/dev/null || true
  echo 'mosquitto refuses the configuration:' >&2
  sed 's/^[0-9]*: //' "$staged/trial.log" >&2
  exit 1
fi
wait "$trial" 2>/dev/null || true`;
