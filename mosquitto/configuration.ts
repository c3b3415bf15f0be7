import { LabError } from '../base/errors.ts';
import { quote } from '../base/quote.ts';
import type { Lab } from '../lab-file/lab.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import type { Facts } from '../provisioning/resources/facts.ts';
import { fileItem } from '../provisioning/resources/file-item.ts';
import {
  fileQuery,
  foundFile,
  foundInstead,
  leftoversQuery,
  replaceFiles,
  type WantedFile,
} from '../provisioning/resources/files.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import { type Item, isChange, type Resource } from '../provisioning/resources/resource.ts';
import { renderAcl } from './acl.ts';
import { maskConf, ownHeader, renderConf } from './conf.ts';
import { LOADED_FUNCTIONS, REMEMBER_LOADED } from './loaded.ts';
import { maskPasswd, renderPasswd } from './passwd.ts';
import { ACL, FOLDER, LAB_CONF, PASSWD, UNTOUCHED } from './paths.ts';
import { END_TRIAL, TRIAL } from './trial.ts';

const TRIAL_TIMEOUT_MS = 120_000;
const LEFTOVERS = leftoversQuery(FOLDER);

/** lab.conf, lab.passwd and lab.acl: replaced together, and only after the host's own mosquitto has run with them. */
export function configuration(lab: Lab): Resource {
  return {
    id: 'configuration',
    queries: [...[LAB_CONF, PASSWD, ACL].map(fileQuery), LEFTOVERS],
    plan(facts) {
      const files = wantedFiles(lab, facts);
      const items = files.map((file) => itemOf(facts, file));
      const changed = items.filter(isChange);
      const leftovers = leftoversOf(facts);
      const gone = leftovers.map((name): Item => {
        return { action: 'remove', kind: 'folder', name, detail: 'left by a run that was killed' };
      });
      if (changed.length + gone.length === 0) return { items };
      const doings = [
        ...(changed.length === 0
          ? []
          : [`write ${changed.map(({ name, detail }) => `${name} (${detail})`).join(', ')}`]),
        ...(gone.length === 0 ? [] : [`remove ${leftovers.join(', ')}`]),
      ];
      const change = {
        summary: doings.join('; '),
        script: [
          ...(gone.length === 0 ? [] : [PROCESS_FUNCTIONS, ...leftovers.map(sweep)]),
          ...(changed.length === 0
            ? []
            : [
                replaceFiles(
                  FOLDER,
                  files,
                  // a broker that starts from here on is the lab's
                  `${refuseOthers(lab.name)}\n${TRIAL}\n${LOADED_FUNCTIONS}${REMEMBER_LOADED}\nrm -f ${backupFolder(lab.name)}/${UNTOUCHED}`,
                ),
              ]),
        ].join('\n'),
        timeoutMs: TRIAL_TIMEOUT_MS,
        advice:
          'mend what is told, or what the broker complains about under `broker.options` in the lab file; the old configuration is still in use',
      };
      return { items: [...items, ...gone], change };
    },
  };
}

/** Shell that fails where another lab has come to the host since it was asked; under the host's lock nobody comes in between. */
function refuseOthers(lab: string): string {
  return `case $(head -n 1 ${LAB_CONF} 2>/dev/null) in
  '${ownHeader(lab)}'*) ;;
  '# mqtt-lab "'*) echo '${LAB_CONF} belongs to another lab by now' >&2; exit 1 ;;
esac`;
}

function itemOf(facts: Facts, file: WantedFile): Item {
  const answer = facts.get(fileQuery(file.path));
  const instead = foundInstead(answer);
  if (instead === 'directory') {
    const happened = `${file.path} is a folder, in the place of the lab's file`;
    const advice = `look at what is in it and move it away: mv ${file.path} …`;
    throw new LabError({ subject: 'broker', step: 'look at the files', happened, advice }, 'could-not-run');
  }
  return fileItem(foundFile(answer), file, instead);
}

function leftoversOf(facts: Facts): readonly string[] {
  return facts
    .get(LEFTOVERS)
    .output.split('\n')
    .filter((line) => line !== '');
}

function sweep(folder: string): string {
  return `staged=${quote(folder)}\n${END_TRIAL}\nrm -rf "$staged"`;
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
