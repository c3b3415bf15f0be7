# Removes from the record what a failed transaction did not install, since another program may install it later.
# Does nothing where dpkg does not answer. The record of a killed or interrupted transaction stays.
: "${record?}"

(
  umask 022
  dpkg-query -W dpkg >/dev/null 2>&1 || exit 0
  while IFS= read -r line; do
    case $line in 'package '*)
      name=${line#package }
      before=${name#* }
      name=${name%% *}
      # shellcheck disable=SC2016
      now=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) || now=not-installed
      # configuration from before the lab is not the lab's either
      case "$before $now" in *' not-installed' | 'config-files config-files') continue ;; esac
      ;;
    esac
    printf '%s\n' "$line"
  done <"$record" >"$record.new" && sync "$record.new" && mv "$record.new" "$record"
)
