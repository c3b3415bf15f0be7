# Makes the parts of signed repositories in /srv/made: Debian's own clients under a higher version, with keys of the
# test's own.
: "${version?}" "${library?}" "${companion?}"

set -e
export DEBIAN_FRONTEND=noninteractive LC_ALL=C GNUPGHOME=/srv/gnupg
apt-get -qq -y install --no-install-recommends gnupg openssl >/dev/null 2>&1 || {
  apt-get -qq update
  apt-get -qq -y install --no-install-recommends gnupg openssl >/dev/null
}
rm -rf /srv/made /srv/gnupg /srv/work
mkdir -p /srv/made /srv/work
mkdir -m 700 /srv/gnupg

gpg() { command gpg --batch --quiet --no-tty --pinentry-mode loopback "$@"; }
new_key() { # NAME EXPIRY [OPTION]…
  name=$1 expiry=$2
  shift 2
  gpg "$@" --passphrase '' --quick-generate-key "$name <$name@lab.test>" ed25519 sign "$expiry" 2>/dev/null
  gpg --armor --export "$name" >"/srv/made/$name.asc"
}
new_key sound never
new_key other never
# a key certifies itself at the time when it is made
new_key expired 1y --faked-system-time 20200101T000000
gpg --export sound >/srv/made/sound.gpg
# its owner extends it; others still have the exported one
fingerprint=$(gpg --list-keys --with-colons expired | awk -F: '$1 == "fpr" { print $10; exit }')
gpg --passphrase '' --quick-set-expire "$fingerprint" 0 2>/dev/null

cd /srv/work
architecture=$(dpkg --print-architecture)
echo "$architecture" >/srv/made/architecture
sed -n 's/^VERSION_CODENAME=//p' /etc/os-release >/srv/made/suite
apt-get -q download mosquitto-clients "$library" >/dev/null 2>&1
dpkg-deb -R mosquitto-clients_*.deb clients
dpkg-deb -R "$library"_*.deb library
sed -i "s/^Version: .*/Version: $version/; s/$library ([^)]*)/$library (= $version)/
s/^Depends: /Depends: $companion (= $version), /" clients/DEBIAN/control
sed -i "s/^Version: .*/Version: $version/" library/DEBIAN/control
mkdir -p companion/DEBIAN
cat >companion/DEBIAN/control <<END
Package: $companion
Version: $version
Architecture: $architecture
Maintainer: lab <lab@lab.test>
Description: nothing
END
for folder in clients library companion; do
  dpkg-deb --build --root-owner-group -Znone $folder /srv/made/$folder.deb >/dev/null
  cat $folder/DEBIAN/control
  echo "Filename: pool/$folder.deb"
  echo "Size: $(stat -c %s /srv/made/$folder.deb)"
  echo "SHA256: $(sha256sum <"/srv/made/$folder.deb" | cut -c1-64)"
  echo
done >/srv/made/Packages

cd /srv/made
{
  printf 'Origin: Lab\nLabel: Lab\nSuite: stable\nCodename: %s\nDate: %s\n' "$(cat suite)" "$(date -Ru)"
  printf 'Architectures: %s\nComponents: main\nSHA256:\n' "$architecture"
  echo " $(sha256sum <Packages | cut -c1-64) $(stat -c %s Packages) main/binary-$architecture/Packages"
} >Release
gpg -u sound --clearsign -o InRelease Release
gpg -u expired --clearsign -o InRelease.expired Release
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=lab \
  -addext subjectAltName=IP:127.0.0.1 -keyout tls.key -out tls.crt 2>/dev/null
gpgconf --kill all
