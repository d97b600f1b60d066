# shellcheck shell=sh
# What every script that changes a host needs, in plain POSIX sh. Decisions are made before, in Python: here are only
# the verbs. GD_NONCE, GD_RUN and GD_OPERATOR are set by the script around it.

GD_STATE=/var/lib/gpudock
GD_LOCK=/run/gpudock.lock

# A frame stands on a line of its own, whatever the last program printed.
gd_frame() { printf '\n@@%s %s\n' "$GD_NONCE" "$*"; }

gd_uptime() { read -r gd_up _ </proc/uptime; printf %s "$gd_up"; }

# One operator at a time. The lock is the kernel's: it goes when the last process that holds it is gone.
gd_lock() {
  exec 9>>"$GD_LOCK"
  if ! flock -n 9; then gd_frame locked "$(cat "$GD_LOCK")"; return 75; fi
  printf '%s since %s\n' "$GD_OPERATOR" "$(date -u '+%Y-%m-%d %H:%M:%S UTC')" >"$GD_LOCK"
}

# gd_journal OBJECT: a line of JSON, with the run put in front of the object's own fields.
gd_journal() {
  (umask 077 && mkdir -p "$GD_STATE" && printf '{"run": "%s", %s\n' "$GD_RUN" "${1#?}" >>"$GD_STATE/journal.jsonl")
}

# gd_open OBJECT: open the journal. A script that runs a second time must not take the backups of its first run, which
# `gd_restore` puts back, for its own.
gd_open() {
  gd_name=$GD_RUN gd_times=1
  while [ -e "$GD_STATE/backups/$GD_RUN" ]; do gd_times=$((gd_times + 1)); GD_RUN=$gd_name.$gd_times; done
  gd_journal "$1"
}

# gd_change NUMBER: run it, and undo what it half did when it fails.
gd_change() {
  gd_begun=$(gd_uptime)
  gd_frame begin "$1"
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

# gd_put PATH MODE SEEN: replace PATH by standard input, unless somebody changed it since the plan saw it.
gd_put() {
  gd_to=$(readlink -f -- "$1") || gd_to=$1
  gd_dir=$(dirname -- "$gd_to")
  mkdir -p "$gd_dir" || return 1
  gd_new=$(mktemp "$gd_dir/.gpudock.XXXXXX") || return 1
  cat >"$gd_new" && gd_fit "$gd_new" "$gd_to" "$2" && gd_unchanged "$gd_to" "$3" && gd_backup "$1" &&
    sync "$gd_new" && mv -f -- "$gd_new" "$gd_to" && return 0
  rm -f -- "$gd_new"
  return 1
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
  (umask 077 && mkdir -p "${gd_copy%/*}") || return 1
  if [ -e "$1" ]; then cp -pL -- "$1" "$gd_copy"; else : >"$gd_copy.absent"; fi
}

# gd_restore PATH: back to what it was before this run; nothing when this run did not write it.
gd_restore() {
  gd_copy=$GD_STATE/backups/$GD_RUN$1
  gd_to=$(readlink -f -- "$1") || gd_to=$1
  if [ -e "$gd_copy.absent" ]; then rm -f -- "$gd_to"
  elif [ -e "$gd_copy" ]; then
    gd_new=$(mktemp "$(dirname -- "$gd_to")/.gpudock.XXXXXX") && cp -p -- "$gd_copy" "$gd_new" && mv -f -- "$gd_new" "$gd_to"
  fi
}

# Locale C: its messages are read. needrestart would ask, or restart dockerd in the midst of it all.
gd_apt() {
  env LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none \
    apt-get -y -q -o DPkg::Lock::Timeout=300 -o APT::Status-Fd=1 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# gd_refresh FILE: the lists of this source alone. Without List-Cleanup=0 apt deletes those of all others.
gd_refresh() {
  gd_apt update -o Dir::Etc::sourcelist="$1" -o Dir::Etc::sourceparts=/dev/null \
    -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any
}

# gd_install PACKAGE…: the distribution's lists may be too old to resolve or to fetch a dependency: then refresh them.
gd_install() {
  gd_apt install --no-install-recommends --download-only "$@" || gd_apt update || return
  gd_apt install --no-install-recommends "$@"
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

# The flags of the running engine, each with a NUL behind it; nothing when none runs.
gd_engine_flags() {
  gd_pid=$(systemctl show --value -p MainPID docker.service)
  [ "$(cat "/proc/$gd_pid/comm" 2>/dev/null)" != dockerd ] || tail -z -n +2 "/proc/$gd_pid/cmdline"
}

# Standard input as daemon.json, judged by the engine itself where it can (Docker 23 and newer). With its flags, for a
# key that is a flag too lets no engine start.
gd_check_daemon_json() {
  gd_file=$(mktemp) && cat >"$gd_file" || return 1
  gd_verdict=0
  if dockerd --help 2>&1 | grep -q -e --validate; then
    # shellcheck disable=SC2016 # for the inner shell
    gd_engine_flags | xargs -0 sh -c 'exec dockerd "$@" --validate --config-file="$0"' "$gd_file" || gd_verdict=$?
  fi
  rm -f -- "$gd_file"
  return "$gd_verdict"
}
