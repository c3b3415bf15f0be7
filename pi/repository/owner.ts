import { BACKUPS } from '../../provisioning/resources/backup-folder.ts';
import type { Facts, Query } from '../../provisioning/resources/facts.ts';
import { fileQuery, foundFile } from '../../provisioning/resources/files.ts';
import { OF_LAB, SOURCE } from './files.ts';

/** A lab's name by the rules of the lab file, for JavaScript and for sed -E: a host's file may contain anything. */
const NAME = '[a-z]([a-z0-9-]{0,38}[a-z0-9])?';
const OWNER = new RegExp(`^${OF_LAB}(${NAME})$`);

/** The labs that have a folder on the host, a line each. */
export const LABS: Query = {
  id: 'labs',
  script: `cd ${BACKUPS} && for lab in *; do [ -d "$lab" ] && printf '%s\\n' "$lab"; done
true`,
};

/** The lab that a source file names as its owner; undefined where it names none, or no valid name. */
export function ownerOf(content: string): string | undefined {
  const names = content.split('\n').map((line) => OWNER.exec(line)?.[1]);
  return names.find((name) => name !== undefined);
}

/** Another lab whose source a host has. */
export type OtherLab = {
  readonly name: string;
  /** Whether it still has its folder on the host; otherwise it left its source behind. */
  readonly isPresent: boolean;
};

/**
 * The owner of the host's source where that is not the given lab, from the facts of fileQuery(SOURCE) and LABS. A source
 * that names no lab is by an earlier version, and counts as the given lab's.
 * @param lab undefined where the lab owns the whole host
 */
export function otherLab(lab: string | undefined, facts: Facts): OtherLab | undefined {
  if (lab === undefined) return undefined;
  const name = ownerOf(foundFile(facts.get(fileQuery(SOURCE)))?.content ?? '');
  if (name === undefined || name === lab) return undefined;
  return { name, isPresent: isNoted(name, facts) };
}

/** Whether the lab has its folder on the host, which shows other labs that it uses the host. */
export function isNoted(lab: string | undefined, facts: Facts): boolean {
  return lab === undefined || facts.get(LABS).output.split('\n').includes(lab);
}

/** Shell that fails where another lab has taken the source since the plan; the host's lock protects it from then on. A link is no source. */
export function refuseOtherOwners(labs: readonly string[]): string {
  return `case $([ -L ${SOURCE} ] || sed -nE 's/^${OF_LAB}(${NAME})$/\\1/p' ${SOURCE} 2>/dev/null | head -n 1) in
  ${["''", ...labs].join(' | ')}) ;;
  *) echo '${SOURCE} now belongs to another lab' >&2; exit 1 ;;
esac`;
}
