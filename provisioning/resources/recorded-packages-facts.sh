# Prints what apt and dpkg know about the recorded packages. apt only simulates, without writing its cache.
: "${record?}" "${apt_options?}"

[ -s "$record" ] || exit 0
native=$(dpkg --print-architecture)
lines=$(sed -e "s/:$native / /" "$record")
printf '%s\n' "$lines"
here='' held=''
for name in $(printf '%s\n' "$lines" | awk '$1 == "package" { print $2 }' | sort -u); do
  # shellcheck disable=SC2016
  state=$(dpkg-query -W -f='${db:Status-Want} ${db:Status-Status}' "$name" 2>/dev/null) || continue
  case $state in *' not-installed') continue ;; hold*) held="$held $name" ;; esac
  echo "state $name $state"
  here="$here $name"
done
[ -n "$here" ] || exit 0
requested=$(printf '%s\n' "$lines" | sed -n -e 's/^requested //p' -e 's/^leaving //p' | tr ' ' '\n')
# lists of plain words, for the shell to split
# shellcheck disable=SC2086
{
  wanted=$(apt-mark showmanual $here | grep -vxF -- "$requested")
  for name in $wanted; do echo "wanted $name"; done
  memory='-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache='
  # what else apt would remove or install with them
  others=$(apt-get -s $apt_options -o Debug::NoLocking=true $memory purge $here |
    awk '$1 ~ /^(Purg|Remv|Inst)$/ { print $2 }' | sort -u | grep -vxF -- "$(printf '%s\n' $here)")
  for other in $others $wanted $held; do
    # everything that it depends on
    apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances $memory "$other" |
      grep -xF -- "$(printf '%s\n' $here)" | sort -u | while read -r name; do
        [ "$name" = "$other" ] || echo "with $name $other"
      done
  done
}
true
