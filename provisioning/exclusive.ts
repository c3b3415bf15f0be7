import { randomBytes } from 'node:crypto';

/** How long a step that an earlier run has left behind on a host is waited for, in seconds. */
export const LEFT_BEHIND_S = 120;
/** A folder that every Debian has and nobody else locks: a lock file of the lab's own would be left. */
const LOCKED = '/var/lib/dpkg';
/** Exit code of flock(1), chosen here, where another script has the lock. */
const TAKEN = 75;

/**
 * A script that runs while no other one that went through here does on the same host. What a killed run has begun there goes on without it, and must not
 * replace files after the next run has. What the script starts, such as a broker, does not inherit the lock (flock(1), --close).
 */
export function withHostLock(script: string): string {
  const mark = `end-${randomBytes(8).toString('hex')}`;
  return `alone() {
  flock --close --conflict-exit-code ${TAKEN} "$@" ${LOCKED} sh -c 'script=$(cat); exec </dev/null; eval "$script"' <<'${mark}'
${script}
${mark}
}
alone --nonblock
code=$?
[ "$code" = ${TAKEN} ] || exit "$code"
echo 'a step that an earlier run has left behind is still under way: waiting for its end'
alone --timeout ${LEFT_BEHIND_S}
code=$?
[ "$code" != ${TAKEN} ] || echo 'it has not ended after ${LEFT_BEHIND_S} s; see what it waits for: ps axf' >&2
exit "$code"`;
}
