# Returns the packages that came from the repository to the host's other sources, in one transaction, then removes the
# repository. Finds these packages before it removes anything, so that an interrupted run can be repeated.
# Touches only the clients, their libraries and what the lab has installed. Removes a package that no other source has only
# if the lab has installed it and nothing else needs it.
# $record lists what the lab has installed; it is empty where the lab owns the whole host.
: "${source?}" "${preferences?}" "${keyrings?}" "${clients?}" "${record?}" "${lock_wait?}"

staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$staged"

# the host's sources and preferences without the repository
mkdir "$staged/sources" "$staged/preferences"
for file in /etc/apt/sources.list.d/*; do
  [ "$file" = "$source" ] || [ ! -e "$file" ] || ln -s "$file" "$staged/sources/"
done
for file in /etc/apt/preferences.d/*; do
  [ "$file" = "$preferences" ] || [ ! -e "$file" ] || ln -s "$file" "$staged/preferences/"
done
apt() { # COMMAND [ARGUMENT]…
  apt-get --quiet --yes -o DPkg::Lock::Timeout="$lock_wait" -o Dpkg::Use-Pty=0 -o APT::Get::List-Cleanup=0 \
    -o Dir::Etc::sourceparts="$staged/sources" -o Dir::Etc::preferencesparts="$staged/preferences" "$@"
}
# apt-cache as if nothing were installed, without writing its cache
cache() { # [OPTION]… COMMAND [ARGUMENT]…
  apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::State::status=/dev/null "$@"
}

# which packages came from the repository
: >"$staged/offered"
if [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)$(dpkg --audit)" ]; then dpkg --configure -a || true; fi
if [ -f "$source" ]; then
  cache -o Dir::Etc::sourcelist="$source" -o Dir::Etc::sourceparts=/dev/null dumpavail |
    awk '$1 == "Package:" { name = $2 } $1 == "Version:" { print name, $2 }' | sort -u >"$staged/offered"
fi
sed -n 's/^package \([^ :]*\).*/\1/p' "$record" >"$staged/own" 2>/dev/null || true
# shellcheck disable=SC2016
dpkg-query -W -f='${Package} ${Version}\n' | sort -u | comm -12 - "$staged/offered" |
  awk -v clients="$clients" '
    !all { own[$1]; next }
    $1 == clients || $1 ~ /^libmosquitto/ || $1 in own' "$staged/own" all=1 - >"$staged/installed"
[ -n "$record" ] || cut -d ' ' -f 1 "$staged/installed" >"$staged/own"
names=$(cut -d ' ' -f 1 "$staged/installed")

# the versions that the other sources have of them
find_candidates() {
  # shellcheck disable=SC2086
  cache -o Dir::Etc::sourceparts="$staged/sources" -o Dir::Etc::preferencesparts="$staged/preferences" policy $names |
    awk '
      /^[^ ]/ { sub(/:$/, "", $1); name = $1 }
      $1 == "Candidate:" && $2 != "(none)" { print name, $2 }' >"$staged/candidates"
}

# only complete package lists prove that no other source has a package
complete_lists() { apt -o APT::Update::Error-Mode=any update && find_candidates; }

return_packages() {
  versions='' removals=''
  while read -r name version; do
    other=$(awk -v name="$name" '$1 == name { print $2 }' "$staged/candidates")
    if [ -n "$other" ]; then
      [ "$other" = "$version" ] || versions="$versions $name=$other"
    elif grep -qxF -- "$name" "$staged/own"; then
      removals="$removals $name-"
    fi
  done <"$staged/installed"
  install='install --no-install-recommends --allow-downgrades'
  # shellcheck disable=SC2086
  dependents=$(apt --simulate $install $versions $removals 2>/dev/null | awk '$1 == "Remv" { print $2 "-" }' |
    grep -vxF -- "$(printf '%s\n' $removals)") || true
  [ -z "$dependents" ] || removals=''
  # shellcheck disable=SC2086
  [ -z "$versions$removals" ] || apt $install ${removals:---no-remove} $versions
}

if [ -n "$names" ]; then
  find_candidates
  [ "$(wc -l <"$staged/candidates")" = "$(wc -l <"$staged/installed")" ] || complete_lists
  # apt marks packages on its command line as installed by hand
  # shellcheck disable=SC2086
  automatic=$(apt-mark showauto $names)
  return_packages || { complete_lists && return_packages; }
  for name in $automatic; do
    dpkg-query -W "$name" >/dev/null 2>&1 && apt-mark auto "$name"
  done
fi

if [ -f "$source" ]; then
  # shellcheck disable=SC2016
  lists=$(apt-get -o Dir::Etc::sourcelist="$source" -o Dir::Etc::sourceparts=/dev/null indextargets \
    --format '$(FILENAME)' | head -n 1 | sed 's/_dists_.*//')
  # another source of the same URL has its lists under the same names
  # shellcheck disable=SC2016
  [ -z "$lists" ] || apt indextargets --no-release-info --format '$(FILENAME)' | grep -qF -- "${lists}_dists_" ||
    rm -f "$lists"_dists_*
fi
rm -f "$source" "$preferences" "$keyrings"/mqtt-lab-*.asc
