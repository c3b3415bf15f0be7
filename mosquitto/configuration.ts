import { LabError } from '../base/errors.ts';
import { quote } from '../base/quote.ts';
import type { Lab } from '../lab-file/lab.ts';
import { pemItem } from '../provisioning/certificates/pem-file.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import type { Facts } from '../provisioning/resources/facts.ts';
import { fileItem } from '../provisioning/resources/file-item.ts';
import { fileQuery, foundFile, foundInstead, type WantedFile } from '../provisioning/resources/files.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import { abandonedStaging, replaceFiles } from '../provisioning/resources/replace-files.ts';
import { type Item, isChange, type Resource } from '../provisioning/resources/resource.ts';
import { renderAcl } from './acl.ts';
import { maskConf, ownHeader, renderConf } from './conf.ts';
import { LOADED_FUNCTIONS } from './loaded.ts';
import { maskPasswd, renderPasswd } from './passwd.ts';
import { ACL, CONFIG_FOLDER, DATA_UNTOUCHED, LAB_CONF, PASSWD } from './paths.ts';
import { type BrokerCertificates, presentTlsFiles, TLS_PRESENT, tlsFiles, unusedItem } from './tls-files.ts';
import { END_TRIAL, trial } from './trial.ts';

const TRIAL_TIMEOUT_MS = 120_000;
const LEFTOVERS = abandonedStaging(CONFIG_FOLDER);

/**
 * lab.conf, lab.passwd, lab.acl and the certificates: replaced together, and only after the host's own mosquitto has started
 * with them.
 */
export function configuration(lab: Lab, certificates?: BrokerCertificates): Resource {
  const tls = certificates === undefined ? undefined : tlsFiles(certificates);
  return {
    id: 'configuration',
    queries: [...[LAB_CONF, PASSWD, ACL].map(fileQuery), ...(tls?.queries ?? [TLS_PRESENT]), LEFTOVERS],
    plan(facts) {
      const files = wantedFiles(lab, facts);
      const items = [
        ...files.map((file) => itemOf(facts, file)),
        ...(tls?.wanted(facts).map((file) => pemItem(itemOf(facts, file), file)) ?? []),
      ];
      const changed = items.filter(isChange);
      const scriptFor = (replaced: readonly WantedFile[]) =>
        [
          ...(leftovers.length === 0 ? [] : [PROCESS_FUNCTIONS, END_TRIAL, ...leftovers.map(removeLeftover)]),
          ...(changed.length === 0 ? [] : [replaceFiles(CONFIG_FOLDER, replaced, checkScript(lab.name, replaced))]),
          ...unused.map((path) => `rm -f ${path}`),
          ':',
        ].join('\n');
      const leftovers = leftoversOf(facts);
      const due = tls?.due() ?? [];
      const unused = tls === undefined ? presentTlsFiles(facts) : [];
      if (changed.length + due.length + leftovers.length + unused.length === 0) return { items };
      const written = changed.map(({ name, detail }) => `${name} (${detail})`).join(', ');
      const change = {
        summary: [
          ...due.map(({ name, detail }) => `make the certificate of ${name} (${detail})`),
          ...(changed.length === 0 ? [] : [`write ${written}`]),
          ...(leftovers.length + unused.length === 0 ? [] : [`remove ${[...leftovers, ...unused].join(', ')}`]),
        ].join('; '),
        script: scriptFor(files),
        ...(tls === undefined
          ? {}
          : {
              async prepare() {
                await tls.make(facts);
                return scriptFor([...files, ...tls.wanted(facts)]);
              },
            }),
        timeoutMs: TRIAL_TIMEOUT_MS,
        advice:
          'correct what the error above names, or the option under `broker.options` in the lab file; the broker still runs with the old configuration',
      };
      return { items: [...items, ...due, ...unused.map(unusedItem), ...leftovers.map(leftoverItem)], change };
    },
  };
}

/** What must succeed before the staged files replace the old ones. */
function checkScript(lab: string, files: readonly WantedFile[]): string {
  // from now on the lab's broker writes the data
  const claim = `rm -f ${backupFolder(lab)}/${DATA_UNTOUCHED}`;
  return [refuseOtherLab(lab), trial(files.map(({ path }) => path)), LOADED_FUNCTIONS, 'remember_loaded', claim].join(
    '\n',
  );
}

/** Shell that fails where another lab has taken the host since the plan; the host's lock keeps others out from here on. */
function refuseOtherLab(lab: string): string {
  return `case $(head -n 1 ${LAB_CONF} 2>/dev/null) in
  '${ownHeader(lab)}'*) ;;
  '# mqtt-lab "'*) echo '${LAB_CONF} now belongs to another lab' >&2; exit 1 ;;
esac`;
}

function itemOf(facts: Facts, file: WantedFile): Item {
  const answer = facts.get(fileQuery(file.path));
  const instead = foundInstead(answer);
  if (instead === 'directory') {
    const happened = `${file.path} is a folder, where the lab's file belongs`;
    const advice = `check its content and move it away: mv ${file.path} …`;
    throw new LabError({ subject: 'broker', step: 'check the files', happened, advice }, 'could-not-run');
  }
  return fileItem(foundFile(answer), file, instead);
}

function leftoversOf(facts: Facts): readonly string[] {
  const lines = facts.get(LEFTOVERS).output.split('\n');
  return lines.filter((line) => line !== '');
}

function leftoverItem(name: string): Item {
  return { action: 'remove', kind: 'folder', name, detail: 'left by an interrupted run' };
}

function removeLeftover(folder: string): string {
  return `end_trial ${quote(folder)}\nrm -rf ${quote(folder)}`;
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
