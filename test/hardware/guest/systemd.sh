# Runs in the guest's root before systemd: the units as the package installs them, a stand-in for the POS application, and nothing of this machine's own.
project=/opt/posdiag
cd /etc/systemd/system
rm -rf ./*.wants
mkdir -p multi-user.target.wants posdiag-ready.target.wants pos.service.d posdiag.service.d /etc/tmpfiles.d /etc/posdiag
# systemd-tmpfiles would walk and empty the whole /tmp of the overlay.
ln -sf /dev/null /etc/tmpfiles.d/tmp.conf
: > /etc/fstab
rm -f /etc/rc?.d/*
: > /etc/machine-id

getent group posdiag > /dev/null || groupadd --system posdiag
getent passwd posdiag > /dev/null || useradd --system --gid posdiag --home-dir /var/lib/posdiag --no-create-home --shell /usr/sbin/nologin posdiag
for group in dialout lp input plugdev systemd-journal; do getent group $group > /dev/null || groupadd --system $group; done
# Node and the command where a package would put them, without the sources; this machine's own Node may be too old.
ln -sf $project/node_modules/.bin/node /usr/local/bin/node
mkdir -p /usr/lib/posdiag/src/cli
cp $project/src/cli/posdiag.js /usr/lib/posdiag/src/cli/
ln -s $project/dist /usr/lib/posdiag/dist
ln -sf /usr/lib/posdiag/src/cli/posdiag.js /usr/bin/posdiag

cp $project/packaging/posdiag.service $project/packaging/posdiag-boot.service $project/packaging/posdiag-ready.target .
cp $project/packaging/pos-application.conf pos.service.d/posdiag.conf
# An emulated processor starts Node in seconds; a hang is to be seen within this test.
cat > posdiag.service.d/lab.conf <<'X'
[Unit]
StartLimitIntervalSec=0
[Service]
TimeoutStartSec=90
WatchdogSec=15
X
mkdir -p posdiag-boot.service.d
cat > posdiag-boot.service.d/lab.conf <<'X'
[Service]
TimeoutStartSec=120
ExecStart=
ExecStart=/usr/bin/posdiag check --boot --state /var/lib/posdiag --deadline 60s
X
cat > pos.service <<'X'
[Unit]
Description=stand-in for the POS application
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
X
cat > lab-agent.service <<'X'
[Unit]
Description=takes the test's commands
[Service]
ExecStart=/bin/bash /opt/posdiag/test/hardware/guest/agent.sh
X
cat > /etc/posdiag/terminal.yaml <<'X'
terminal: { id: LAB-01, lane: "1" }
limits: { host.cpu-percent: 101, host.load-per-core: 1000 }
X
for unit in posdiag.service pos.service lab-agent.service posdiag-ready.target; do ln -sf ../$unit multi-user.target.wants/$unit; done
ln -sf ../posdiag-boot.service posdiag-ready.target.wants/posdiag-boot.service
