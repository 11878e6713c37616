#!/bin/sh
# First program of the guest: this machine's own root over 9p, read-only, under an overlay in memory; then the guest's agent or systemd.
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
argument() { tr ' ' '\n' < /proc/cmdline | sed -n "s/^lab\.$1=//p"; }
for module in $(cat /modules/order); do insmod "/modules/$module" || echo "lab: insmod $module failed"; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=512000,cache=loose,access=any hostroot /host || { echo 'lab: no root'; poweroff -f; }
mount -t tmpfs -o size=70% tmpfs /rw
mkdir -p /rw/up /rw/work
mount -t overlay -o lowerdir=/host,upperdir=/rw/up,workdir=/rw/work overlay /newroot
for folder in proc sys dev; do mount -o move "/$folder" "/newroot/$folder"; done
mkdir -p /newroot/dev/pts /newroot/dev/shm /newroot/run
mount -t devpts devpts /newroot/dev/pts
mount -t tmpfs tmpfs /newroot/dev/shm
mount -t tmpfs tmpfs /newroot/run
argument() { tr ' ' '\n' < /newroot/proc/cmdline | sed -n "s/^lab\.$1=//p"; }
project=$(argument project)
mkdir -p /newroot/usr/lib/modules /newroot/opt/posdiag
mount -o bind "/newroot$project/.cache/hardware/kernel/lib/modules" /newroot/usr/lib/modules
# Under systemd the unit has a /tmp of its own; the build under test is reached here, wherever the checkout lies.
mount -o bind "/newroot$project" /newroot/opt/posdiag
before=$(argument before)
[ -n "$before" ] && PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot /newroot /bin/bash "$before"
first=$(argument first)
[ -n "$first" ] && exec switch_root /newroot "$first"
exec switch_root /newroot /bin/bash /opt/posdiag/test/hardware/guest/agent.sh
