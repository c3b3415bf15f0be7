import { families } from '../../../checks/families.ts';
import { openTestLab } from '../../../checks/harness/test-lab.ts';
import type { LiveLab } from '../../../deployment/live-lab.ts';
import type { CheckRecord } from '../../../records/record.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { liveBrokerAt, livePiAt } from '../_live.ts';

const RIGHTS = '{ publish: [sam], subscribe: [alice], lastWill: [sam, alice] }';
const TOPICS = `topics: { status: ${RIGHTS}, a.b: ${RIGHTS}, home.door: ${RIGHTS} }\n`;
const AT = { address: '127.0.0.1', port: 1883 };
const HOST = { kind: 'local' } as const;

/** What the checks themselves write into their records, by id. */
const PLANNED = new Map<string, Pick<CheckRecord, 'subject' | 'host'>>();

/** Subject and host of the check with this id; nothing where no check has it. */
export function planned(id: CheckRecord['id']): Pick<CheckRecord, 'subject' | 'host'> {
  if (PLANNED.size === 0) {
    for (const check of checks()) {
      const subject = check.subject === undefined ? {} : { subject: check.subject };
      PLANNED.set(check.id, { ...subject, host: check.host ?? 'this machine' });
    }
  }
  return PLANNED.get(id) ?? { host: 'this machine' };
}

function checks() {
  const pis = ['pi', 'pi2', 'hall'].map((name) => livePiAt(name, AT));
  const broker = liveBrokerAt(AT, { host: HOST });
  const live: LiveLab = { lab: labOf(`${TWO_USERS}${TOPICS}`), broker, pis };
  const testLab = openTestLab(live, new AbortController().signal, { isFull: true });
  return Object.values(families).flatMap((plan) => plan(testLab));
}
