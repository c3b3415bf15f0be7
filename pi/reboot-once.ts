import { LabError } from '../base/errors.ts';
import { quote } from '../base/quote.ts';
import type { Lab, Pi } from '../lab-file/lab.ts';
import { type Host, run } from '../provisioning/hosts/host.ts';
import { backupFolder, openBackup } from '../provisioning/resources/backup-folder.ts';
import type { Fact, Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import { isChange, type Resource } from '../provisioning/resources/resource.ts';
import { awaitReboot, BOOT_MARK, bootMark, orderReboot, planReboot, REBOOT_BOUND_MS } from './reboot.ts';

const CLIENTS = 'mosquitto-clients';
const INSTALLED = `/var/lib/dpkg/info/${CLIENTS}.list`;
const NOTE_TIMEOUT_MS = 20_000;
/** /proc/PID/stat counts in these, whatever the kernel's own tick (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100;

/** The checkpoint's reboot after the installation, where the lab file asks for it: once for each time that the clients are installed. */
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
          reconnect: (host: Host, signal: AbortSignal) => reboot(lab, pi, host, boot?.installed ?? '', signal),
        };
        return { items: [{ ...machine, action: 'change', detail: 'reboot: its packages are newer' }], change };
      },
    },
  ];
}

/** When process 1 began and when the clients were unpacked; and what the lab noted when it last ordered a reboot. */
function bootQuery(lab: string): Query {
  return {
    id: 'boot',
    script: `${PROCESS_FUNCTIONS}
installed=$(stat -c '%.Y' ${INSTALLED}) || exit
echo "mark ${BOOT_MARK}"
echo "started $(started_at 1)"
echo "installed $installed"
echo "up $(cut -d ' ' -f 1 /proc/uptime)"
echo "now $(date +%s.%N)"
echo "note $(cat ${quote(noteFile(lab))})"`,
  };
}

export type Boot = {
  /** When the clients were installed, as the host wrote it. */
  readonly installed: string;
  readonly isAfterInstallation: boolean;
};

/**
 * Undefined where the clients are not installed. By the clock, and by the note: a Pi has no clock of its own, so that after a reboot its time may lie
 * behind until it has asked for it.
 */
export function bootOf({ code, output }: Fact): Boot | undefined {
  if (code !== 0) return undefined;
  const told = new Map(output.split('\n').map((line) => [line.split(' ', 1)[0], line.slice(line.indexOf(' ') + 1)]));
  const seconds = (name: string) => Number(told.get(name) ?? Number.NaN);
  const installed = told.get('installed') ?? '';
  const startedAt = seconds('now') - seconds('up') + seconds('started') / TICKS_PER_SECOND;
  const [, notedFor, notedIn] = /^(\S+) (.+)$/.exec(told.get('note') ?? '') ?? [];
  const isNoted = notedFor === installed && notedIn !== told.get('mark');
  return { installed, isAfterInstallation: isNoted || startedAt > Number(installed) };
}

function noteFile(lab: string): string {
  return `${backupFolder(lab)}/rebooted`;
}

async function reboot(lab: Lab, { name }: Pi, host: Host, installed: string, signal: AbortSignal): Promise<Host> {
  const mark = await bootMark(host);
  const how = await planReboot(lab, name, mark);
  if (how.kind === 'forbidden') {
    const advice = 'reboot it yourself, or leave out `reboot` in the lab file';
    throw new LabError({ subject: name, step: 'reboot', happened: how.reason, advice }, 'failed');
  }
  const script = `set -e\n${openBackup(lab.name)}\numask 077
printf '%s\\n' ${quote(`${installed} ${mark}`)} >${quote(noteFile(lab.name))}\nsync ${quote(noteFile(lab.name))}`;
  await run(host, { step: 'note the reboot', script, root: true, timeoutMs: NOTE_TIMEOUT_MS, signal });
  await orderReboot(host, how);
  return await awaitReboot(lab, name, mark, signal);
}
