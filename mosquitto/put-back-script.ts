import { backupFolder, REMOVE_BACKUP } from '../provisioning/resources/backup-folder.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import { ACCOUNTS, DATA, FOLDER, LAB_FILES, LEFT_BEHIND, UNTOUCHED } from './paths.ts';

/**
 * Shell that makes a broker host what it was before the lab, whose broker, files and packages have gone. It may be killed at any point: each part is the
 * same when it is done again, until `restored` says that what runs from now on is somebody else's and its files are no longer to be touched.
 */
export function putBackScript(lab: string): string {
  return `${PROCESS_FUNCTIONS}
set -e
umask 022
folder=${backupFolder(lab)}
[ -d "$folder" ] || exit 0
state() { sed -n "s/^$1 //p" "$folder/state"; }
was_absent() { grep -qxF "absent $1" "$folder/state"; }
is_installed() { case $(dpkg-query -W -f='\${db:Status-Status}' mosquitto 2>/dev/null) in ''|not-installed|config-files) false ;; *) true ;; esac; }
mark() { : >"$folder/$1"; sync "$folder/$1" "$folder"; }
${FILES}
${ACCOUNTS_BACK}
${SERVICE}
if [ -f "$folder/state" ]; then
  if [ ! -e "$folder/restored" ]; then
    mark restoring
    put_back_files
    put_back_accounts
    sync -f "$folder" ${FOLDER.slice(0, FOLDER.lastIndexOf('/'))}
    mark restored
  fi
  put_back_service
fi
${REMOVE_BACKUP}`;
}

/** Whether a file below /etc/mosquitto was put there or changed by somebody while the lab was there: it is neither its copy, nor the lab's, nor Debian's. */
export const IS_SOMEBODYS = `
is_somebodys() { # COPY PLACE
  [ -f "$2" ] && [ ! -L "$2" ] && ! cmp -s "$1" "$2" || return 1
  case $2 in ${LAB_FILES.join('|')}) return 1 ;; esac
  if dpkg-query -W -f='\${Conffiles}\n' mosquitto 2>/dev/null | grep -qF " $2 $(md5sum <"$2" | cut -d' ' -f1)"; then return 1; fi
  [ -e "$1" ] || ! grep -qxF "$2" /var/lib/dpkg/info/mosquitto.list 2>/dev/null
}`;

/**
 * In /etc a file that differs from its copy and is neither the lab's nor Debian's own was changed by somebody since, who is told and whose change stays,
 * as does what was added. Data is the broker's: nobody else writes there, once the lab's has run.
 */
const FILES = `
debian_has() { # its content is Debian's own
  sum=$(md5sum <"$1" | cut -d' ' -f1)
  dpkg-query -W -f='\${Conffiles}\\n' mosquitto 2>/dev/null | grep -qF " $1 $sum"
}
put_back_file() { # COPY PLACE
  if [ -f "$2" ] && [ ! -L "$2" ] && ! cmp -s "$1" "$2" && ! debian_has "$2" && ! head -n 1 "$2" | grep -q '^# mqtt-lab "'; then
    echo "left as it is, since somebody has changed it: $2"
    return
  fi
  rm -rf "$2.lab-new"
  cp -a "$1" "$2.lab-new"
  mv -fT "$2.lab-new" "$2"
}
same_attributes() { # COPY FOLDER
  chown --reference="$1" "$2"
  chmod --reference="$1" "$2"
  touch --reference="$1" "$2"
}
put_back_files() {
  if [ -d "$folder/files${FOLDER}" ]; then
    ( cd "$folder/files" && find ".${FOLDER}" -type d ) | while IFS= read -r path; do mkdir -p "/$path"; done
    ( cd "$folder/files" && find ".${FOLDER}" ! -type d ) | while IFS= read -r path; do put_back_file "$folder/files/$path" "\${path#.}"; done
    ( cd "$folder/files" && find ".${FOLDER}" -depth -type d ) | while IFS= read -r path; do same_attributes "$folder/files/$path" "/$path"; done
  fi
  for path in ${DATA.join(' ')}; do
    [ -e "$folder/data" ] && [ ! -e "$folder/${UNTOUCHED}" ] || continue
    if [ -d "$folder/files$path" ]; then
      mkdir -p "$path"
      find "$path" -mindepth 1 -delete
      cp -a "$folder/files$path/." "$path/"
      same_attributes "$folder/files$path" "$path"
    elif was_absent "$path" && [ -d "$path" ]; then
      find "$path" -mindepth 1 -delete
    fi
  done
  is_installed && return
  for path in ${[FOLDER, ...DATA].join(' ')}; do
    if was_absent "$path" && [ -d "$path" ]; then
      find "$path" -depth -type d -empty -delete
    fi
  done
  for path in ${LEFT_BEHIND.join(' ')}; do if was_absent "$path"; then rm -rf "$path"; fi; done
}`;

/** The accounts' files are put back to the byte and the second where nobody else has changed them meanwhile. */
const ACCOUNTS_BACK = `
put_back_accounts() {
  is_installed && return
  if was_absent passwd && getent passwd mosquitto >/dev/null; then userdel mosquitto; fi
  if was_absent group && getent group mosquitto >/dev/null; then groupdel mosquitto; fi
  for file in ${ACCOUNTS.filter((file) => !file.endsWith('-')).join(' ')}; do
    copy=$folder/files$file
    if [ -f "$copy" ] && cmp -s "$copy" "$file"; then
      touch --reference="$copy" "$file"
      if [ -f "$copy-" ]; then cp -a --remove-destination "$copy-" "$file-"; else rm -f "$file-"; fi
    fi
  done
}`;

/** What ran is started as it was: by systemd, or with the same words where it was a process of its own. */
const SERVICE = `
is_alike() { # whether a process with these words runs
  for pid in $(pids_of mosquitto); do [ "$(base64 -w 0 <"/proc/$pid/cmdline")" != "$1" ] || return 0; done
  return 1
}
put_back_service() {
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    case $(state enabled) in
      enabled) systemctl enable --quiet mosquitto ;;
      disabled) systemctl disable --quiet mosquitto ;;
      masked) systemctl mask --quiet mosquitto ;;
    esac
    # one that was not there before and stays is as Debian's package starts it
    if [ "$(state active)" = active ] || { [ "$(state package)" != installed ] && is_installed; }; then systemctl restart mosquitto; fi
  elif [ "$(state package)" = installed ] && ! was_absent /run/mosquitto && [ ! -d /run/mosquitto ]; then
    install -d -o mosquitto -g mosquitto -m 0755 /run/mosquitto
  fi
  state process | while read -r uid words cwd; do
    if is_alike "$words"; then continue; fi
    # one that root starts drops to mosquitto's user by itself, which is known of Debian's program alone
    case "$uid $(printf %s "$words" | base64 -d | tr '\\0' '\\n' | head -n 1)" in
      '0 '*|"$(id -u mosquitto 2>/dev/null) /usr/sbin/mosquitto"|"$(id -u mosquitto 2>/dev/null) mosquitto") as= ;;
      *) as="setpriv --reuid=$uid --regid=$(id -g "$uid") --init-groups" ;;
    esac
    rm -f /run/mosquitto/mosquitto.pid
    ( cd "$cwd" && printf %s "$words" | base64 -d | xargs -0 $as setsid sh -c '"$@" </dev/null >/dev/null 2>&1 &' sh )
    tries=0
    until is_alike "$words"; do
      tries=$((tries + 1))
      if [ "$tries" -ge 100 ]; then
        echo "what ran before does not start: $(printf %s "$words" | base64 -d | tr '\\0' ' ')" >&2
        exit 1
      fi
      sleep 0.05
    done
  done
}`;
