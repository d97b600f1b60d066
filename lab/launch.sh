#!/bin/sh
# launch.sh PIDFILE CGROUP PROGRAM [ARGUMENT...]
# Becomes PROGRAM, after noting its process id and start time (together they name a process for good) in PIDFILE.
# CGROUP, unless empty, is entered in every hierarchy: each host needs a cgroup of its own to be root of. Then this
# script stays, to start systemd-nspawn again when it ends with 133: that is how it asks a supervisor for the reboot
# of its system (systemd-nspawn(1), --keep-unit).
set -eu
pidfile=$1 cgroup=$2
shift 2
if [ -n "$cgroup" ]; then
    hierarchies=/sys/fs/cgroup
    [ -e /sys/fs/cgroup/cgroup.controllers ] || hierarchies=$(echo /sys/fs/cgroup/*/)
    for hierarchy in $hierarchies; do
        [ -w "$hierarchy/cgroup.procs" ] || continue
        mkdir -p "$hierarchy/$cgroup"
        # A new cpuset is empty in cgroup v1, and an empty one takes no process.
        for file in cpuset.cpus cpuset.mems; do
            [ ! -e "$hierarchy/cgroup.sane_behavior" ] || [ ! -e "$hierarchy/$file" ] || {
                cat "$hierarchy/$file" >"$hierarchy/${cgroup%%/*}/$file"
                cat "$hierarchy/$file" >"$hierarchy/$cgroup/$file"
            }
        done
        echo $$ >"$hierarchy/$cgroup/cgroup.procs"
    done
fi
read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ started _ <"/proc/$$/stat"
echo "$$ $started" >"$pidfile.new"
mv "$pidfile.new" "$pidfile"
[ -n "$cgroup" ] || exec "$@"
status=133
while [ "$status" = 133 ]; do
    status=0
    "$@" || status=$?
done
exit "$status"
