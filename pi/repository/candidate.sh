# The version of the clients that apt would install from one source file by the package lists on the host, as if nothing
# were installed and no preferences were set. Fetches nothing and does not write apt's cache.
: "${clients?}"

candidate() { # SOURCE FILE [OPTION]…
  file=$1
  shift
  apt-cache -o Dir::Etc::sourcelist="$file" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::State::status=/dev/null \
    "$@" policy "$clients" | sed -n 's/^  Candidate: //p' | grep -v '^(none)$'
}
