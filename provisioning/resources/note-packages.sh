# apt's hook (apt.conf(5), DPkg::Pre-Install-Pkgs, version 3), which fails the installation where it cannot write.
# A line of its input: name; version, architecture, multi-arch before (`-` for none); direction; the same after; the file.
: "${record?}"

set -e
umask 022
awk 'NF == 9 && $2 == "-" && $9 ~ /^\// { print $7 == "all" ? $1 : $1 ":" $7 }' | while read -r package; do
  # shellcheck disable=SC2016
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=not-installed
  echo "package $package $state"
done >>"$record"
sync "$record"
