# Lets apt read a repository with the staged key ($staged/0) and source ($staged/2), in package lists of its own: what apt
# refuses never becomes part of the host. Needs candidate.sh.
: "${staged?}" "${keyrings?}" "${clients?}" "${missing?}"

install -d -m 755 "$keyrings"
chmod 755 "$staged"
cp "$staged/0" "$staged/trial.asc"
sed "s|^Signed-By: .*|Signed-By: $staged/trial.asc|" "$staged/2" >"$staged/trial.sources"
chmod 644 "$staged/trial.asc" "$staged/trial.sources"
umask 022
mkdir "$staged/lists"
if ! apt-get --quiet -o Dir::Etc::sourcelist="$staged/trial.sources" -o Dir::Etc::sourceparts=/dev/null \
  -o Dir::State::lists="$staged/lists" -o APT::Update::Error-Mode=any update >"$staged/log" 2>&1; then
  cat "$staged/log" >&2
  exit 100
fi
if ! candidate "$staged/trial.sources" -o Dir::State::lists="$staged/lists" >/dev/null; then
  grep '^W: ' "$staged/log" >&2 || true
  echo "E: $missing for $(dpkg --print-architecture)" >&2
  exit 100
fi
