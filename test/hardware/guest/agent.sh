# Takes commands from outside on a virtio port: "ID base64(command)"; answers "ID STATUS base64(output)". Commands run side by side.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb
argument() { tr ' ' '\n' < /proc/cmdline | sed -n "s/^lab\.$1=//p"; }
mkdir -p /tmp/.guest
mount -t tmpfs tmpfs /tmp/.guest
modules=$(argument modules)
[ -n "$modules" ] && modprobe -a ${modules//,/ }
ip link set lo up
for port in /sys/class/virtio-ports/*; do
  [ "$(<"$port/name")" = lab.agent ] && device=/dev/${port##*/}
done
exec 3<>"$device"
printf 'READY\n' >&3
run() {
  local output=/tmp/.guest/$1 status
  bash -c "$(base64 -d <<< "$2")" > "$output" 2>&1 < /dev/null
  status=$?
  { flock 4; printf '%s %s %s\n' "$1" "$status" "$(base64 -w0 < "$output")" >&3; } 4> /tmp/.guest/lock
}
while read -r id command <&3; do run "$id" "$command" & done
