import { BACKUPS } from '../../provisioning/resources/backup-folder.ts';
import type { Facts, Query } from '../../provisioning/resources/facts.ts';
import { fileQuery, foundFile } from '../../provisioning/resources/files.ts';
import { OF_LAB, SOURCE } from './files.ts';

/** A lab's name as its lab file may say it, for JavaScript and for sed -E: what stands in a host's file may be anything. */
const NAME = '[a-z]([a-z0-9-]{0,38}[a-z0-9])?';
const OWNER = new RegExp(`^${OF_LAB}(${NAME})$`);

/** The labs that have a folder on the host, a line each. */
export const LABS: Query = {
  id: 'labs',
  script: `cd ${BACKUPS} && for lab in *; do [ -d "$lab" ] && printf '%s\\n' "$lab"; done
true`,
};

/** The lab that a source file says it belongs to; undefined where it names none, or nothing that a lab can be called. */
export function ownerOf(content: string): string | undefined {
  const names = content.split('\n').map((line) => OWNER.exec(line)?.[1]);
  return names.find((name) => name !== undefined);
}

/** Another lab whose source a host has. */
export type OtherLab = {
  readonly name: string;
  /** Whether it still has its folder on the host; else what there is of it was left behind. */
  readonly isThere: boolean;
};

/**
 * Whose the host's source is, from the answers to fileQuery(SOURCE) and LABS, where it is not the given lab's; undefined: the whole host is the lab's.
 * One that names no lab is of a version that wrote no names, and counts as the given lab's.
 */
export function otherLab(lab: string | undefined, facts: Facts): OtherLab | undefined {
  if (lab === undefined) return undefined;
  const name = ownerOf(foundFile(facts.get(fileQuery(SOURCE)))?.content ?? '');
  if (name === undefined || name === lab) return undefined;
  return { name, isThere: isNoted(name, facts) };
}

/** Whether the lab has its folder on the host, by which others see that it is there. */
export function isNoted(lab: string | undefined, facts: Facts): boolean {
  return lab === undefined || facts.get(LABS).output.split('\n').includes(lab);
}

/** Shell that fails where the source has come to be of another lab than these; under the host's lock nobody comes in between. A link is no source. */
export function unlessAnothers(labs: readonly string[]): string {
  return `case $([ -L ${SOURCE} ] || sed -nE 's/^${OF_LAB}(${NAME})$/\\1/p' ${SOURCE} 2>/dev/null | head -n 1) in
  ${["''", ...labs].join(' | ')}) ;;
  *) echo '${SOURCE} belongs to another lab by now' >&2; exit 1 ;;
esac`;
}
