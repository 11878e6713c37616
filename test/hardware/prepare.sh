#!/usr/bin/env bash
# Makes what the hardware lab boots, from Debian packages alone: kernel, initramfs and battery table, under .cache/hardware.
# Nothing is installed as this machine's kernel; its package is only unpacked. Does nothing where all is there already.
set -euo pipefail
cd "$(dirname "$0")/../.."
lab=$PWD/test/hardware out=$PWD/.cache/hardware

needed=()
for package in qemu-system-x86 kmod cpio acpica-tools e2fsprogs iproute2 udev pcscd libccid libpcsclite1 libusb-1.0-0 nut-server binutils xz-utils systemd; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || needed+=("$package")
done
if [ ${#needed[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "the hardware lab needs, as root: apt-get install ${needed[*]}" >&2
    exit 69
  fi
  apt-get -o DPkg::Lock::Timeout=300 update -qq
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${needed[@]}" >/dev/null
fi

image=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
version=${image#linux-image-}
[ -n "$version" ] || { echo 'no package linux-image-amd64 is known; run apt-get update' >&2; exit 69; }

if [ ! -e "$out/$version.ready" ]; then
  rm -rf "$out"
  mkdir -p "$out/packages"
  (cd "$out/packages" && apt-get -o APT::Sandbox::User=root download -qq "$image" busybox-static)
  dpkg -x "$out/packages/$image"_*.deb "$out/kernel"
  dpkg -x "$out"/packages/busybox-static_*.deb "$out/busybox"
  rm -r "$out/packages"
  depmod -b "$out/kernel" "$version"

  # An uncompressed kernel starts at once; unpacking itself would take an emulated processor five seconds.
  bz=$out/kernel/boot/vmlinuz-$version
  for at in $(LC_ALL=C grep -obaP '\xfd7zXZ\x00' "$bz" | cut -d: -f1); do
    tail -c +$((at + 1)) "$bz" | xz -dc --single-stream > "$out/vmlinux" 2>/dev/null || true
    if LC_ALL=C head -c 4 "$out/vmlinux" | grep -qaP '\x7fELF'; then break; fi
    rm -f "$out/vmlinux"
  done
  [ -s "$out/vmlinux" ] || { echo "no kernel found in $bz" >&2; exit 1; }
  iasl -p "$out/battery" "$lab/devices/battery.asl" >/dev/null 2>&1
  [ -s "$out/battery.aml" ] || { echo 'iasl made no battery table' >&2; exit 1; }
  touch "$out/$version.ready"
fi

# The first program of the guest may have changed; it is quick to pack.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{bin,dev,proc,sys,modules,host,rw,newroot,tmp}
cp "$out/busybox/bin/busybox" "$tree/bin/busybox"
for applet in sh mount mkdir insmod switch_root cat cut tr sed echo poweroff chroot; do ln -s busybox "$tree/bin/$applet"; done
for module in virtio_pci 9pnet_virtio 9p overlay virtio_console; do
  modprobe -d "$out/kernel" -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
done | awk '!seen[$0]++' | while read -r file; do
  cp "$file" "$tree/modules/"
  strip --strip-debug "$tree/modules/$(basename "$file")"
  basename "$file" >> "$tree/modules/order"
done
cp "$lab/guest/init.sh" "$tree/init"
chmod 755 "$tree/init"
(cd "$tree" && find . | cpio -o -H newc --quiet) > "$out/initramfs.cpio"
