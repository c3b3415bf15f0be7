# A host in the working folder, for this machine's apt and dpkg: packages of two sources, and the installed ones come from
# the repository of the lab "two".
: "${source_file?}" "${preferences_file?}"

set -e
mkdir -p etc/apt/apt.conf.d etc/apt/sources.list.d etc/apt/preferences.d etc/apt/keyrings var/cache/apt/archives/partial
mkdir -p var/lib/apt/lists/partial var/lib/dpkg/updates var/lib/dpkg/info var/lib/dpkg/triggers var/lib/mqtt-lab/two var/log/apt build/DEBIAN
: >var/lib/dpkg/status
cat >apt.conf <<END
Dir "$PWD/";
Dir::State::status "$PWD/var/lib/dpkg/status";
Dir::Bin::Methods "/usr/lib/apt/methods";
Dir::Bin::dpkg "/usr/bin/dpkg";
APT::Sandbox::User "";
END
architecture=$(dpkg --print-architecture)
package() {
  index=$1/dists/s/main/binary-$architecture
  mkdir -p "$1/pool" "$index"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: lab <lab@lab.test>\nDescription: nothing\n' "$2" "$3"
    [ -z "$4" ] || echo "Depends: $4"
  } >build/DEBIAN/control
  deb=$1/pool/$2.deb
  dpkg-deb --build --root-owner-group -Znone build "$deb" >/dev/null
  cat build/DEBIAN/control - >>"$index/Packages" <<END
Filename: pool/$2.deb
Size: $(stat -c %s "$deb")
SHA256: $(sha256sum <"$deb" | cut -c1-64)

END
}
sources_entry() { printf 'Types: deb\nURIs: file:%s\nSuites: s\nComponents: main\nTrusted: yes\n' "$PWD/$1"; }
package debian mosquitto-clients 1 'libmosquitto1 (>= 1)'
package debian libmosquitto1 1 ''
package debian theirs 1 ''
package ours mosquitto-clients 2 'libmosquitto1 (= 2), libmosquitto-common1 (= 2)'
package ours libmosquitto1 2 ''
package ours libmosquitto-common1 2 ''
package ours theirs 2 ''
sources_entry debian >etc/apt/sources.list.d/debian.sources
{ echo '# Lab: two'; sources_entry ours; } >"$source_file"
printf 'Package: *\nPin: release *\nPin-Priority: 500\n' >"$preferences_file"
: >etc/apt/keyrings/mqtt-lab-0123456789abcdef.asc
apt-get --quiet update
apt-get --quiet --yes install mosquitto-clients theirs
