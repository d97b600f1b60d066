#!/bin/sh
# The stand-in's container: a root of its own with the guest's programs, in a mount namespace of its own.
# Words: the guest's root, the container's root, UID:GID, the folder, number of the words about mounts, these in threes,
# the command.
guest=$1 root=$2 user=$3 folder=$4 words=$5
shift 5
mkdir -p "$root" && mount -t tmpfs tmpfs "$root" && cd "$root" || exit 125
mkdir -p bin dev etc lib lib64 run && mkdir -m 1777 tmp && touch run/vboxsf-symlinks && cp "$guest/etc/passwd" etc/ || exit 125
for each in bin dev lib lib64 run/vboxsf-symlinks; do
    mount --bind "$guest/$each" "$each" || exit 125
done
while [ "$words" -gt 0 ]; do
    if [ -z "$1" ]; then
        mkdir -p "$root$2" && mount -t tmpfs -o mode=1777 tmpfs "$root$2" || exit 125
    else
        # A source that is not there becomes an empty folder, as the engine has it.
        [ -e "$guest$1" ] || mkdir -p "$guest$1" || exit 125
        if [ -d "$guest$1" ]; then mkdir -p "$root$2"; else mkdir -p "$(dirname "$root$2")" && touch "$root$2"; fi || exit 125
        mount --rbind "$guest$1" "$root$2" || exit 125
    fi
    case $3 in ro*) mount -o remount,bind,ro "$root$2" || exit 125 ;; esac
    shift 3
    words=$((words - 3))
done
# What goes on is a server of the stand-in's own, which enters the root by itself.
[ -z "$SERVER" ] || exec $SERVER "$root" "$user" "$folder"
exec chroot --userspec="$user" --groups= "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
