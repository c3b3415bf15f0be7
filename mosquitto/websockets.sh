# Prints whether Mosquitto speaks WebSockets: by libwebsockets, or from 2.1 on by itself.
: "${binary?}"
if [ -x "$binary" ]; then
  # shellcheck disable=SC2016
  version=$(dpkg-query -W -f='${Version}' mosquitto 2>/dev/null)
  needs=$(ldd "$binary")
else
  record=$(apt-cache show --no-all-versions mosquitto 2>/dev/null)
  version=$(printf '%s\n' "$record" | sed -n 's/^Version: //p')
  needs=$(printf '%s\n' "$record" | sed -n 's/^Depends: //p')
fi
[ -n "$version" ] || exit 0
case $needs in
  *libwebsockets*) echo yes ;;
  *) if dpkg --compare-versions "$version" ge 2.1; then echo yes; else echo "no $version"; fi ;;
esac
