# shellcheck shell=sh
# What every script that changes a host needs, in plain POSIX sh. Decisions are made before, in Python: here are only
# the verbs. GD_NONCE, GD_RUN, GD_OPERATOR and GD_APT_TIMEOUT (seconds) are set by the script around it.

GD_STATE=/var/lib/gpudock

# A frame stands on a line of its own, whatever the last program printed.
gd_frame() { printf '\n@@%s %s\n' "$GD_NONCE" "$*"; }

gd_uptime() { read -r gd_up _ </proc/uptime; printf %s "$gd_up"; }

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

# What the run said, for later. Whoever follows it has the file in memory open, or finds this one (carrier.sh).
gd_keep_log() {
  (umask 077 && mkdir -p "$GD_STATE/runs" && cp "$GD_LOG" "$GD_STATE/runs/${GD_LOG##*/}") || return
  rm -f -- "$GD_LOG"
  rmdir --ignore-fail-on-non-empty "${GD_LOG%/*}"
}

# gd_change NUMBER TOTAL SENTENCE: run it, and undo what it half did when it fails.
gd_change() {
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
gd_empty() { [ ! -d "$1" ] || find "$1" -mindepth 1 -delete; }

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
  if [ -e "$1" ]; then cp -pL -- "$1" "$gd_copy"; else : >"$gd_copy.absent"; fi
}

# gd_restore PATH [RUN]: back to what it was before this run, or RUN; nothing when that run did not write it.
gd_restore() {
  gd_copy=$GD_STATE/backups/${2:-$GD_RUN}$1
  gd_to=$(readlink -f -- "$1") || gd_to=$1
  if [ -e "$gd_copy.absent" ]; then rm -f -- "$gd_to"
  elif [ -e "$gd_copy" ]; then
    gd_new=$(mktemp "$(dirname -- "$gd_to")/.gpudock.XXXXXX") && cp -p -- "$gd_copy" "$gd_new" && mv -f -- "$gd_new" "$gd_to"
  fi
}

# gd_put_back PATH RUN AFTER: what PATH was before RUN, unless it is no longer what RUN made of it.
gd_put_back() {
  if [ "$(gd_seen "$1")" != "$3" ]; then echo "W: $1 was changed since then: it is left as it is"; return 0; fi
  gd_backup "$1" || return 1
  gd_restore "$1" "$2"
}

# Locale C: its messages are read. needrestart would ask, or restart dockerd in the midst of it all. A lock of apt or
# dpkg that somebody else holds is waited for: dpkg's own timeout does not cover those of lists and archives.
# apt's progress has a descriptor of its own: apt closes it for dpkg, and package scripts need their standard output.
gd_apt() {
  gd_end=$(($(date +%s) + GD_APT_TIMEOUT)) gd_errors=$(mktemp) || return 1
  while :; do
    gd_code=0
    env LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none \
      apt-get -y -q -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \
      -o Dpkg::Options::=--force-confold "$@" 3>&1 2>"$gd_errors" || gd_code=$?
    grep -q 'Could not get lock' "$gd_errors" || break
    [ "$(date +%s)" -lt "$gd_end" ] || break
    gd_tell_holder "$(sed -n 's/^E: Could not get lock \(.*\)/\1/p' "$gd_errors" | head -n 1)"
    sleep 1
  done
  cat "$gd_errors"
  rm -f -- "$gd_errors"
  return "$gd_code"
}

# gd_tell_holder "LOCK. It is held by process PID (NAME)": say it, with the age of the process.
gd_tell_holder() {
  gd_pid=${1##*process } gd_pid=${gd_pid%% *}
  gd_frame waiting "$1, running for $(ps -o etime= -p "$gd_pid" 2>/dev/null | tr -d ' ')"
}

gd_dpkg_configure() {
  env LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 dpkg --force-confdef --force-confold --configure -a
}

# gd_refresh FILE LIST: the lists of this source alone; without List-Cleanup=0 apt deletes those of all others. An apt
# before 2.2 does not know Error-Mode and succeeds when the source is out of reach, so LIST must be there afterwards.
gd_refresh() {
  gd_apt update -o Dir::Etc::sourcelist="$1" -o Dir::Etc::sourceparts=/dev/null \
    -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any || return
  for gd_list in "/var/lib/apt/lists/$2"*; do [ -e "$gd_list" ] && return 0; done
  echo "apt fetched nothing from the source in $1"
  return 1
}

# All sources. One that is broken must not block ours: what apt says of it is shown, and the rest goes on.
gd_update() { gd_apt update || echo "W: some of the host's package sources could not be refreshed"; }

# gd_install OPTION-OR-PACKAGE…: the distribution's lists may be too old to resolve or to fetch a dependency: then
# refresh them. The journal learns the names of all that came, so that it can be taken back.
gd_install() {
  gd_had=$(gd_packages)
  gd_apt install --no-install-recommends --download-only "$@" || gd_update || return
  gd_result=0
  gd_apt install --no-install-recommends "$@" || gd_result=$?
  gd_added=$(gd_packages | grep -vxF "$gd_had" | tr '\n' ' ')
  gd_journal "{\"change\": $GD_CHANGE, \"added\": \"$gd_added\"}"
  return "$gd_result"
}

# gd_reinstall NAME=VERSION…: earlier versions, together; one that no source has any more is named and left.
gd_reinstall() {
  for gd_pair; do
    shift
    if apt-cache show "$gd_pair" >/dev/null 2>&1; then set -- "$@" "$gd_pair"
    else echo "W: $gd_pair can no longer be had: ${gd_pair%%=*} is left as it is"; fi
  done
  [ $# -eq 0 ] || gd_apt install --no-install-recommends --allow-downgrades --allow-change-held-packages "$@"
}

gd_packages() { dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p'; }

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
