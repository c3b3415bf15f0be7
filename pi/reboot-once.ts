import { LabError } from '../base/errors.ts';
import { quote } from '../base/quote.ts';
import { shellScript } from '../base/shell-script.ts';
import type { Lab, Pi } from '../lab-file/lab.ts';
import { type Host, run } from '../provisioning/hosts/host.ts';
import { backupFolder, openBackup } from '../provisioning/resources/backup-folder.ts';
import type { Fact, Query } from '../provisioning/resources/facts.ts';
import { isChange, type Resource } from '../provisioning/resources/resource.ts';
import { awaitReboot, BOOT_MARK, bootMark, orderReboot, planReboot, REBOOT_BOUND_MS } from './reboot.ts';

const CLIENTS = 'mosquitto-clients';
const PACKAGE_LIST = `/var/lib/dpkg/info/${CLIENTS}.list`;
const NOTE_TIMEOUT_MS = 20_000;
/** /proc/PID/stat counts in these, whatever the kernel's own tick (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100;

/** The checkpoint's reboot, where the lab file asks for it: once after each installation of the clients. */
export function rebootOnce(lab: Lab, pi: Pi): readonly Resource[] {
  if (!pi.reboot) return [];
  const query = bootQuery(lab.name);
  const machine = { kind: 'machine', name: pi.name };
  return [
    {
      id: 'reboot',
      queries: [query],
      plan(facts, earlier) {
        const boot = bootOf(facts.get(query));
        const isNew = earlier.some((item) => isChange(item) && item.kind === 'package' && item.name === CLIENTS);
        if (boot?.isAfterInstallation && !isNew) {
          return { items: [{ ...machine, action: 'unchanged', detail: 'rebooted since its packages were installed' }] };
        }
        const change = {
          summary: 'reboot',
          script: '',
          timeoutMs: REBOOT_BOUND_MS,
          reconnect: async (host: Host, signal: AbortSignal) => {
            const mark = await bootMark(host);
            await noteAndReboot(lab, host, { mark, installed: boot?.installed ?? '', signal });
            return await awaitReboot(lab, pi.name, mark, signal);
          },
        };
        return { items: [{ ...machine, action: 'change', detail: 'reboot: its packages are newer' }], change };
      },
    },
  ];
}

function bootQuery(lab: string): Query {
  const facts = shellScript('boot-facts.sh', import.meta.url, { package_list: PACKAGE_LIST, note_file: noteFile(lab) });
  return { id: 'boot', script: `${BOOT_MARK}\n${facts}` };
}

export type Boot = {
  /** When the clients were installed, as the host wrote it. */
  readonly installed: string;
  readonly isAfterInstallation: boolean;
};

/**
 * Compares two clocks and the record of the last reboot: a Pi has no battery-backed clock, so its time may be behind after
 * a reboot until it has asked for it. Undefined where the clients are not installed.
 */
export function bootOf({ code, output }: Fact): Boot | undefined {
  if (code !== 0) return undefined;
  const lines = new Map(output.split('\n').map((line) => [line.split(' ', 1)[0], line.slice(line.indexOf(' ') + 1)]));
  const seconds = (name: string) => Number(lines.get(name) ?? Number.NaN);
  const installed = lines.get('installed') ?? '';
  const startedAt = seconds('now') - seconds('up') + seconds('started') / TICKS_PER_SECOND;
  const [, notedInstallation, notedMark] = /^(\S+) (.+)$/.exec(lines.get('note') ?? '') ?? [];
  const isNoted = notedInstallation === installed && notedMark !== lines.get('mark');
  return { installed, isAfterInstallation: isNoted || startedAt > Number(installed) };
}

function noteFile(lab: string): string {
  return `${backupFolder(lab)}/rebooted`;
}

type Order = { readonly mark: string; readonly installed: string; readonly signal: AbortSignal };

/** Throws a LabError where the reboot would end this run. */
async function noteAndReboot(lab: Lab, host: Host, { mark, installed, signal }: Order): Promise<void> {
  const reboot = await planReboot(lab, host.name, mark);
  if (reboot.kind === 'forbidden') {
    const advice = 'reboot it yourself, or remove `reboot` from the lab file';
    throw new LabError({ subject: host.name, step: 'reboot', happened: reboot.reason, advice }, 'failed');
  }
  const file = quote(noteFile(lab.name));
  const note = `printf '%s\\n' ${quote(`${installed} ${mark}`)} >${file}\nsync ${file}`;
  const script = `set -e\n${openBackup(lab.name)}\numask 077\n${note}`;
  await run(host, { step: 'note the reboot', script, root: true, timeoutMs: NOTE_TIMEOUT_MS, signal });
  await orderReboot(host, reboot);
}
