import { type CheckRecord, familyOf } from '../../records/record.ts';
import { type Check, recordOf, THIS_MACHINE } from '../harness/check.ts';

/** Slow failures of a family on one host, with one reason, after which the run gives the family up there. */
const PROVED_BY = 3;
/** A failure that took less costs the run nothing. */
const SLOW_MS = 3_000;

/** Ends a run in time where a broken broker makes check after check wait for what never comes. */
export type GivingUp = {
  /** Runs a check's work, or gives the check up: its family is known to fail on this host, and a check of its kind has already begun. */
  unlessGivenUp(check: Check, work: () => Promise<CheckRecord>): Promise<CheckRecord>;
  /** Takes the final record of a check: one that is inconclusive after all proves nothing. */
  learn(check: Check, record: CheckRecord): void;
};

type Kind = { hasBegun: boolean; hasPassed: boolean };

export function openGivingUp(): GivingUp {
  const kinds = new Map<string, Kind>();
  const failed = new Map<string, CheckRecord[]>();
  const proved = new Map<string, readonly CheckRecord[]>();
  const kindOf = (check: Check): Kind => {
    const name = `${startOf(check)} ${hostOf(check)}`;
    const kind = kinds.get(name) ?? { hasBegun: false, hasPassed: false };
    kinds.set(name, kind);
    return kind;
  };
  return {
    async unlessGivenUp(check, work) {
      const kind = kindOf(check);
      const proof = proved.get(placeOf(check));
      if (proof !== undefined && kind.hasBegun && !kind.hasPassed) return givenUp(check, proof);
      kind.hasBegun = true;
      return await work();
    },
    learn(check, record) {
      const { verdict, durationMs } = record;
      if (verdict === 'pass' || verdict === 'deviation') kindOf(check).hasPassed = true;
      if (verdict !== 'fail' || durationMs < SLOW_MS) return;
      const way = `${placeOf(check)} ${wayOf(record)}`;
      const same = [...(failed.get(way) ?? []), record];
      failed.set(way, same);
      if (same.length === PROVED_BY) proved.set(placeOf(check), same);
    },
  };
}

const hostOf = ({ host = THIS_MACHINE }: Check): string => host;

const placeOf = (check: Check): string => `${familyOf(check)} ${hostOf(check)}`;

/** `acl.publish`. */
function startOf({ id }: Check): string {
  return id.split('.').slice(0, 2).join('.');
}

/** The reason without what differs between checks that fail in one way. */
function wayOf({ reason = '', subject }: CheckRecord): string {
  const names = subject !== undefined && 'topic' in subject ? [subject.topic] : [];
  return names.reduce((text, name) => text.replaceAll(name, '…'), reason).replaceAll(/\d+(\.\d+)?/g, '#');
}

function givenUp(check: Check, proof: readonly CheckRecord[]): CheckRecord {
  const examples = proof.map(({ id }) => id).join(', ');
  const reason = `given up: ${proof.length} checks of ${familyOf(check)} failed in the same way (${examples})`;
  return recordOf(check, { verdict: 'skipped', observed: null, reason });
}
