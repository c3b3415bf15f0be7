# Makes the disk, kernel and keys of a Debian machine with systemd and sshd in $folder, which appears when all is complete.
# Logins: root, and pi with a password, whom sudo asks for it; both with $folder/key.
: "${folder?}" "${owner?}" "${suite?}" "${architecture?}" "${packages?}" "${sources?}" "${password?}" "${internet_mac?}"
set -eu

part=$folder.part
rm -rf --one-file-system "$part"
trap 'rm -rf --one-file-system "$part"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$part"
root=$part/root
ssh-keygen -q -t ed25519 -N '' -C mqtt-lab-vm -f "$part/key"

# the site's own way to its mirrors; 10.0.2.2 is this machine, as QEMU's user network shows it to the guest
apt-config dump | grep -E '^Acquire::(Check-|https?::|Retries)' | sed -E 's/(127\.0\.0\.1|localhost)/10.0.2.2/g' >"$part/apt.conf"
# the network of QEMU's own, in every machine; the command line of the kernel gives the other one its address
cat >"$part/internet.network" <<EOF
[Match]
MACAddress=$internet_mac
[Network]
DHCP=ipv4
[DHCPv4]
UseHostname=no
EOF
cat >"$part/customize" <<'EOF'
#!/bin/sh
set -eu
root=$1 part=$2 password=$3
cp "$part/apt.conf" "$root/etc/apt/apt.conf.d/90site"
cp "$part/internet.network" "$root/etc/systemd/network/20-internet.network"
echo 'nameserver 10.0.2.3' >"$root/etc/resolv.conf"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
printf '%s\n' virtio_pci virtio_blk ext4 >>"$root/etc/initramfs-tools/modules"
chroot "$root" update-initramfs -u >/dev/null
chroot "$root" useradd --create-home --shell /bin/bash --groups sudo pi
echo "pi:$password" | chroot "$root" chpasswd
for home in root home/pi; do
  mkdir -p -m 700 "$root/$home/.ssh"
  cp "$part/key.pub" "$root/$home/.ssh/authorized_keys"
done
chroot "$root" chown -R pi:pi /home/pi/.ssh
# a first boot would apply presets to all units
chroot "$root" systemd-machine-id-setup >/dev/null 2>&1
chroot "$root" systemctl enable systemd-networkd systemd-network-generator >/dev/null 2>&1
# what would use apt or the disk at a time of its own
chroot "$root" systemctl disable apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer logrotate.timer e2scrub_all.timer fstrim.timer man-db.timer e2scrub_reap >/dev/null 2>&1 || true
cp "$root/etc/ssh/ssh_host_ed25519_key.pub" "$part/host-key.pub"
cp "$root"/boot/vmlinuz-* "$part/kernel"
cp "$root"/boot/initrd.img-* "$part/initrd"
EOF
chmod 755 "$part/customize"
# the hooks expand $1
# shellcheck disable=SC2016
printf '%s\n' "$sources" | mmdebstrap --quiet --architecture="$architecture" --variant=minbase --skip=cleanup/apt/lists --aptopt='Acquire::Languages "none"' \
  --include="$packages" \
  --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d" && echo MODULES=list >"$1/etc/initramfs-tools/conf.d/few"' \
  --customize-hook="'$part/customize' \"\$1\" '$part' '$password'" \
  "$suite" "$root" ${sources:+-}
truncate -s 6G "$part/disk"
mke2fs -q -t ext4 -d "$root" "$part/disk"
rm -rf --one-file-system "$root" "$part/customize" "$part/apt.conf" "$part/internet.network"
chown -R "$owner" "$part"
chmod 600 "$part/key"
mv -T "$part" "$folder"
trap - EXIT
