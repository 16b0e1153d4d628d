#!/usr/bin/env bash
# A throw-away Ceph on 127.0.0.1 for the tests: one monitor, one OSD in memory, one S3 gateway (path style). It says "ready"
# after some 12 seconds, takes 205 MB, and ends when its standard input does, so that it cannot outlive who started it.
# Keys: TESTKEY / TESTSECRET, and STRANGER / STRANGERSECRET of another user.
# Debian packages: ceph-mon ceph-osd ceph-common radosgw curl.
# usage: start-radosgw.sh EMPTY_DIRECTORY MONITOR_PORT S3_PORT
set -euo pipefail
directory=$1 monitor_port=$2 s3_port=$3

trap 'trap - EXIT; kill -KILL $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true' EXIT
trap 'exit 1' TERM INT
exec 3<&0
(cat <&3 >/dev/null; kill -TERM $$) &

user=$(id -un)
cd "$directory"
mkdir mon osd log
cat > ceph.conf <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = 127.0.0.1:$monitor_port
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = $directory/keyring
run dir = $directory
admin socket = $directory/\$name.asok
pid file = $directory/\$name.pid
log file = $directory/log/\$name.log
mon data = $directory/mon
osd data = $directory/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd max object name len = 256
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon warn on pool no redundancy = false
mon allow pool size one = true
ms bind ipv4 = true
[client]
rgw frontends = beast endpoint=127.0.0.1:$s3_port tcp_nodelay=1
rgw dns name =
rgw enable ops log = false
CONF
export CEPH_CONF=$directory/ceph.conf
exec 4>&1 >log/start.out 2>&1

ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *'
ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
monmaptool --create --add a "127.0.0.1:$monitor_port" --fsid "$(sed -n 's/^fsid = //p' ceph.conf)" monmap
ceph-mon --mkfs -i a --monmap monmap --keyring keyring --setuser "$user"
ceph-mon -i a --setuser "$user" -f &

osd=$(cat /proc/sys/kernel/random/uuid)
ceph --connect-timeout 30 osd new "$osd"
ceph-authtool --create-keyring osd/keyring --gen-key -n osd.0
ceph auth add osd.0 mon 'allow *' osd 'allow *' mgr 'allow *' -i osd/keyring
ceph-osd -i 0 --mkfs --keyring osd/keyring --osd-uuid "$osd" --setuser "$user"
ceph-osd -i 0 --keyring osd/keyring --setuser "$user" -f &

for key in TEST STRANGER; do
  radosgw-admin user create --uid="$key" --display-name="$key" --access-key="${key/#TEST/TESTKEY}" --secret="${key}SECRET"
done
radosgw -n client.admin --setuser "$user" -f &
until curl --silent --output /dev/null "http://127.0.0.1:$s3_port/"; do sleep 0.1; done

echo ready >&4
exec 4>&-
wait -n
