# shellcheck shell=sh
# What every script that changes a host needs, in plain POSIX sh. Decisions are made before, in Python: here are only
# the verbs, for files and for the run itself; those for packages and the engine lie beside it. GD_NONCE and GD_RUN are
# set by the script around them.

GD_STATE=/var/lib/gpudock

# A frame stands on a line of its own, whatever the last program printed.
gd_frame() { printf '\n@@%s %s\n' "$GD_NONCE" "$*"; }

gd_uptime() { read -r gd_up _ </proc/uptime; printf %s "$gd_up"; }

# gd_journal OBJECT: a line of JSON, with the run put in front of the object's own fields. On the disk before what it
# tells of happens.
gd_journal() {
  gd_file=$GD_STATE/journal.jsonl
  # cat says what is wrong with a disk, printf only that something is.
  (umask 077 && mkdir -p "$GD_STATE" && printf '{"run": "%s", %s\n' "$GD_RUN" "${1#?}" | cat >>"$gd_file") &&
    sync "$gd_file"
}

# A line that a power cut or a full disk tore would swallow the next one.
gd_mend_journal() {
  [ -z "$(tail -c 1 "$GD_STATE/journal.jsonl" 2>/dev/null)" ] || echo >>"$GD_STATE/journal.jsonl"
}

# gd_open OBJECT: open the journal. A script that runs a second time must not take the backups of its first run, which
# `gd_restore` puts back, for its own. Without a journal nothing is begun.
gd_open() {
  gd_name=$GD_RUN gd_times=1
  while grep -qsF "{\"run\": \"$GD_RUN\"," "$GD_STATE/journal.jsonl"; do gd_times=$((gd_times + 1)); GD_RUN=$gd_name.$gd_times; done
  gd_why=$({ gd_mend_journal && gd_journal "$1"; } 2>&1) && return
  gd_frame refused "the journal in $GD_STATE cannot be written (${gd_why##*: })"
  return 1
}

# What the run said, for later. Whoever follows it has that file open, or finds this one (carrier.sh).
gd_keep_log() {
  (umask 077 && mkdir -p "$GD_STATE/runs" && cp "$GD_LOG" "$GD_STATE/runs/${GD_LOG##*/}") || return
  rm -f -- "$GD_LOG"
  rmdir --ignore-fail-on-non-empty "${GD_LOG%/*}"
}

# gd_change NUMBER TOTAL SENTENCE: run it, and undo what it half did when it fails.
gd_change() {
  # shellcheck disable=SC2034 # for the verbs in apt.sh
  GD_CHANGE=$1
  gd_begun=$(gd_uptime)
  gd_frame begin "$1" "$2" "$3"
  ("gd_do_$1") </dev/null 2>&1
  gd_code=$?
  gd_frame end "$1" "$gd_code" "$gd_begun" "$(gd_uptime)"
  gd_journal "{\"change\": $1, \"code\": $gd_code, \"at\": $(date +%s)}"
  [ "$gd_code" -eq 0 ] && return 0
  ("gd_undo_$1") </dev/null 2>&1
  gd_frame undone "$1" "$?"
  return 1
}

# The SHA-256 of a file, or `absent`.
gd_seen() {
  [ -e "$1" ] || { echo absent; return 0; }
  gd_sum=$(sha256sum <"$1") || return 1
  echo "${gd_sum%% *}"
}

# gd_put PATH MODE SEEN: replace PATH by standard input, unless somebody changed it since the plan saw it. A power cut
# may have left a temporary file of ours: it goes first.
gd_put() {
  gd_to=$(readlink -f -- "$1") || gd_to=$1
  gd_dir=$(dirname -- "$gd_to")
  mkdir -p "$gd_dir" || return 1
  rm -f -- "$gd_dir"/.gpudock.??????
  gd_new=$(mktemp "$gd_dir/.gpudock.XXXXXX") || return 1
  cat >"$gd_new" && gd_fit "$gd_new" "$gd_to" "$2" && gd_unchanged "$gd_to" "$3" && gd_backup "$1" &&
    sync "$gd_new" && mv -f -- "$gd_new" "$gd_to" && return 0
  rm -f -- "$gd_new"
  return 1
}

# gd_remove PATH SEEN: take PATH away, keeping a copy, unless somebody changed it since the plan saw it.
gd_remove() { gd_unchanged "$1" "$2" && gd_backup "$1" && rm -f -- "$1"; }

# gd_empty DIRECTORY: delete all that is in it; it may be where a disk of its own is mounted.
gd_empty() { [ ! -d "$1" ] || find "$1" -xdev -mindepth 1 -delete; }

# gd_empty_root DIRECTORY: the same, of an engine whose root was moved there. One with anything in it that no engine makes
# is left alone: people share disks.
gd_empty_root() {
  for gd_entry in "$1"/* "$1"/.[!.]*; do
    [ -e "$gd_entry" ] || continue
    case ${gd_entry##*/} in
      aufs | btrfs | buildkit | containerd | containers | devicemapper | engine-id | fuse-overlayfs | image | lost+found) ;;
      network | overlay | overlay2 | plugins | rootfs | runtimes | swarm | tmp | trust | vfs | volumes | zfs) ;;
      [0-9]*.[0-9]*) ;; # of user namespaces
      *) echo "W: $gd_entry is not Docker's own: $1 is left as it is"; return;;
    esac
  done
  gd_empty "$1"
}

gd_fit() {
  if [ -e "$2" ]; then chmod --reference="$2" "$1" && chown --reference="$2" "$1"; else chmod "$3" "$1"; fi
}

gd_unchanged() {
  [ "$(gd_seen "$1")" = "$2" ] && return 0
  echo "$1 was changed by somebody else after the plan was made: it is left alone"
  return 1
}

gd_backup() {
  gd_copy=$GD_STATE/backups/$GD_RUN$1
  if [ -e "$gd_copy" ] || [ -e "$gd_copy.absent" ]; then return 0; fi
  (umask 077 && mkdir -p "${gd_copy%/*}") || return 1
  if [ -e "$1" ]; then cp -pL -- "$1" "$gd_copy" && sync "$gd_copy"; else : >"$gd_copy.absent"; fi
}

# gd_restore PATH [RUN]: back to what it was before this run, or RUN; nothing when that run did not write it.
gd_restore() {
  gd_copy=$GD_STATE/backups/${2:-$GD_RUN}$1
  gd_to=$(readlink -f -- "$1") || gd_to=$1
  if [ -e "$gd_copy.absent" ]; then rm -f -- "$gd_to"
  elif [ -e "$gd_copy" ]; then
    [ "$(gd_seen "$gd_copy")" != "$(gd_seen "$gd_to")" ] || return 0 # where nothing was replaced, all may be read-only
    gd_dir=$(dirname -- "$gd_to")
    mkdir -p "$gd_dir" && gd_new=$(mktemp "$gd_dir/.gpudock.XXXXXX") || return 1
    cp -p -- "$gd_copy" "$gd_new" && mv -f -- "$gd_new" "$gd_to" && return 0
    rm -f -- "$gd_new"
    return 1
  fi
}

# gd_put_back PATH RUN BEFORE AFTER: what PATH was before RUN, unless it is no longer what RUN made of it.
gd_put_back() {
  case $(gd_seen "$1") in
    "$3") return 0;;
    "$4")
      gd_copy=$GD_STATE/backups/$2$1
      if [ -e "$gd_copy" ] || [ -e "$gd_copy.absent" ]; then gd_backup "$1" && gd_restore "$1" "$2"
      elif [ "$3" = absent ]; then gd_remove "$1" "$4"
      else echo "W: the copy of $1 that run $2 kept is gone: it is left as it is"; fi;;
    *) echo "W: $1 was changed since then: it is left as it is";;
  esac
}

# gd_wait SECONDS PROGRAM…: until it succeeds; its last words when it never does.
gd_wait() {
  gd_end=$(($(date +%s) + $1))
  shift
  until gd_said=$(timeout -s KILL 10 "$@" 2>&1); do
    [ "$(date +%s)" -lt "$gd_end" ] || { printf '%s\n' "$gd_said"; return 1; }
    sleep 0.2
  done
}

# gd_start_again UNIT…: those that have stopped since this run began. By systemd's own clock, which stands still while
# the machine sleeps, as that of /proc/uptime does not.
gd_start_again() {
  gd_began=$(systemctl show --value -p ExecMainStartTimestampMonotonic gpudock-apply.service)
  for gd_unit; do
    gd_stopped=$(systemctl show --value -p InactiveEnterTimestampMonotonic "$gd_unit")
    if ! systemctl -q is-active "$gd_unit" && [ "${gd_stopped:-0}" -gt "$gd_began" ]; then
      gd_try systemctl start "$gd_unit"
    fi
  done
}

# gd_try PROGRAM…: what cannot be taken back is named, and stops nothing.
gd_try() { "$@" || echo "W: this did not work, and is left as it is: $*"; }
