import { BACKUPS } from './backup-folder.ts';

/** Folder on this machine with the record of what the lab installed for its containers. No lab's name has a dot. */
export const TOOLS = `${BACKUPS}/.tools`;

/** File in a lab's folder on the host: which packages the lab's own apt transactions have installed. */
const RECORD = 'packages';

export function recordFile(folder: string): string {
  return `${folder}/${RECORD}`;
}

/**
 * Shell that has apt note what it is about to install, dependencies too, in a folder's record, before dpkg unpacks any of it: lines
 * `requested NAME…` and `package NAME[:ARCHITECTURE] STATE`, with dpkg's state of the package before. Leaves apt's options in `$recording`.
 * A note that can't be written fails the installation (apt.conf(5), DPkg::Pre-Install-Pkgs).
 */
export function recordPackages(folder: string, requested: readonly string[]): string {
  const hook = `${folder}/note-packages`;
  return `
(
set -e
install -d -m 0755 ${folder.slice(0, folder.lastIndexOf('/'))}
install -d -m ${folder === TOOLS ? '0755' : '0700'} ${folder}
cat >${hook} <<'END'
${HOOK.replaceAll('RECORD', recordFile(folder))}
END
chmod 0700 ${hook}
echo 'requested ${requested.join(' ')}' >>${recordFile(folder)}
)
# not \`|| exit\` at once: the \`set -e\` would not count (sh(1))
[ "$?" = 0 ] || exit 1
recording='-o DPkg::Pre-Install-Pkgs::=${hook} -o DPkg::Tools::Options::${hook}::Version=3 -o APT::Keep-Downloaded-Packages=false'`;
}

/**
 * Shell that takes out of a folder's record what a failed transaction has noted and not installed: who installs it later is somebody else. Nothing where
 * dpkg has no answers. What a transaction that was killed or interrupted has noted stays.
 */
export function forgetAbsent(folder: string): string {
  const record = recordFile(folder);
  return `
(
umask 077
dpkg-query -W dpkg >/dev/null 2>&1 || exit 0
while IFS= read -r line; do
  case $line in 'package '*)
    name=\${line#package }; before=\${name#* }; name=\${name%% *}
    now=$(dpkg-query -W -f='\${db:Status-Status}' "$name" 2>/dev/null) || now=not-installed
    # configuration that was there before is not the lab's either
    case "$before $now" in *' not-installed'|'config-files config-files') continue ;; esac
  esac
  printf '%s\\n' "$line"
done <${record} >${record}.new && sync ${record}.new && mv ${record}.new ${record}
)`;
}

/** A line of version 3: name; version, architecture, multi-arch before (`-` for none); direction; the same after; file, or what is done without one. */
const HOOK = `#!/bin/sh
set -e
umask 022
awk 'NF == 9 && $2 == "-" && $9 ~ /^\\// { print $7 == "all" ? $1 : $1 ":" $7 }' | while read -r package; do
  state=$(dpkg-query -W -f='\${db:Status-Status}' "$package" 2>/dev/null) || state=not-installed
  echo "package $package $state"
done >>RECORD
sync RECORD`;
