# shellcheck shell=sh
# Verbs for packages (see prelude.sh). GD_APT_TIMEOUT (seconds) is set by the script around them.

# gd_patiently PROGRAM…: run it in peace. needrestart would ask, or restart dockerd in the midst of it all. A lock of apt
# or dpkg that somebody else holds is waited for: dpkg's own timeout does not cover those of lists and archives, nor dpkg
# without apt. Ends with 75 when that took too long. Its complaints: gd_said.
gd_patiently() {
  gd_end=$(($(date +%s) + GD_APT_TIMEOUT)) gd_told='' gd_errors=$(mktemp) || return 1
  while :; do
    gd_code=0
    env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none "$@" \
      3>&1 2>"$gd_errors" || gd_code=$?
    gd_lock=$(sed -n -e 's/^E: Could not get lock //p' \
      -e 's/^dpkg: error: \(dpkg .* \(is\|was\) locked by\)/\1/p' "$gd_errors")
    [ "$gd_code" -ne 0 ] && [ -n "$gd_lock" ] || break
    [ "$(date +%s)" -lt "$gd_end" ] || gd_code=75
    if [ "$gd_code" -eq 75 ] || [ "$gd_lock" != "$gd_told" ]; then gd_tell_holder "$gd_lock"; fi
    [ "$gd_code" -ne 75 ] || break
    gd_told=$gd_lock
    sleep 1
  done
  gd_said=$(cat "$gd_errors")
  rm -f -- "$gd_errors"
  [ -z "$gd_said" ] || printf '%s\n' "$gd_said"
  return "$gd_code"
}

# gd_tell_holder COMPLAINT: of apt, "LOCK. It is held by process PID (NAME)", or of dpkg, "LOCK was locked by NAME
# process with pid PID". Say it, with the name and the age of the process. Where only the lock is known (apt's "LOCK -
# open (…)", and "LOCK is locked by another process" of dpkg before 1.20), or its holder has ended by now, say that.
gd_tell_holder() {
  gd_pid=$(printf '%s\n' "$1" | sed -n '1s/.*process \(with pid \)\{0,1\}\([0-9][0-9]*\).*/\2/p')
  gd_what=${1%%. It is held by*} gd_what=${gd_what%% was locked by*} gd_what=${gd_what%% is locked by*}
  gd_who='another process'
  if [ -n "$gd_pid" ] && gd_who=$(ps -o comm= -p "$gd_pid"); then
    gd_who="$gd_who (pid $gd_pid, running for $(ps -o etime= -p "$gd_pid" | tr -d ' '))"
  elif [ -n "$gd_pid" ]; then gd_who="a process that has ended (pid $gd_pid)"; fi
  gd_frame waiting "$gd_who, which holds ${gd_what%% - open (*}"
}

# apt's progress has a descriptor of its own: apt closes it for dpkg, and package scripts need their standard output.
gd_apt() {
  gd_patiently apt-get -y -q -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \
    -o Dpkg::Options::=--force-confold "$@"
}

# Finish what dpkg has begun. A package that was cut off while it was unpacked can only be unpacked again; one of ours,
# whose source is not there yet, when ours are installed. One that was cut off while it was removed is removed.
gd_dpkg_configure() {
  gd_patiently dpkg --force-confdef --force-confold --configure -a || return
  gd_half=$(dpkg-query -W -f '${db:Status-Want} ${db:Status-Eflag} ${db:Status-Status} ${binary:Package}\n')
  gd_going=$(printf '%s\n' "$gd_half" | sed -n 's/^\(deinstall\|purge\) ok half-installed //p')
  # shellcheck disable=SC2086 # one word for each package
  [ -z "$gd_going" ] || gd_patiently dpkg --remove $gd_going || return
  gd_cut=$(printf '%s\n' "$gd_half" |
    sed -n -e 's/^[a-z]* reinstreq [^ ]* //p' -e 's/^\(install\|hold\) ok half-installed //p')
  # shellcheck disable=SC2086 # one word for each package
  [ -z "$gd_cut" ] || gd_move --allow-change-held-packages --reinstall $gd_cut ||
    echo "W: cannot be unpacked again now: $gd_cut"
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

# All sources, without translated descriptions, which take a third of the time. One that is broken must not block ours:
# what apt says of it is shown, and the rest goes on.
gd_update() {
  gd_apt update -o Acquire::Languages=none || [ $? -ne 75 ] || return 75
}

# gd_install OPTION-OR-PACKAGE…: the distribution's lists may be too old to resolve or to fetch a dependency: then
# refresh them.
gd_install() {
  gd_foresee "$@" >/dev/null || { gd_update && gd_foresee "$@"; } || return
  gd_move "$@" && return
  gd_result=$?
  case $gd_said in *'E: Unable to fetch some archives'*) ;; *) return "$gd_result";; esac
  gd_update && gd_foresee "$@" && gd_move "$@"
}

# gd_move OPTION-OR-PACKAGE…: install them, up or down, and leave every hold as it was: apt takes it off what it moves.
gd_move() {
  gd_held=$(apt-mark showhold)
  gd_apt install --no-install-recommends "$@" || return
  # shellcheck disable=SC2086 # one word for each package
  [ -z "$gd_held" ] || gd_patiently apt-mark hold $gd_held
}

# The journal learns the names of all packages that will come, before they do: they can be taken back also when the
# power fails meanwhile.
gd_foresee() {
  gd_coming=$(apt-get -s install --no-install-recommends "$@" 2>&1) || { printf '%s\n' "$gd_coming"; return 1; }
  gd_added=$(printf '%s\n' "$gd_coming" | sed -n 's/^Inst \([^ ]*\) (.*/\1/p' | tr '\n' ' ')
  gd_journal "{\"change\": $GD_CHANGE, \"added\": \"$gd_added\"}"
}

# gd_reinstall NAME=VERSION…: earlier versions, together; one that no source has any more is named and left.
gd_reinstall() {
  for gd_pair; do
    shift
    if apt-cache show "$gd_pair" >/dev/null 2>&1; then set -- "$@" "$gd_pair"
    else echo "W: $gd_pair can no longer be had: ${gd_pair%%=*} is left as it is"; fi
  done
  [ $# -gt 0 ] || return 0
  gd_move --allow-downgrades --allow-change-held-packages "$@" && return
  [ $? -ne 75 ] || return 75
  echo "W: apt cannot bring these back together: $*"
}

# gd_purge NAME…: those that are there, but none that something else needs which came later. A configuration file in
# which somebody wrote, before them or since, stays.
gd_purge() {
  gd_there=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n '/^not-installed /!s/^[^ ]* //p')
  for gd_name; do shift; ! printf '%s\n' "$gd_there" | grep -qxF -e "$gd_name" || set -- "$@" "$gd_name"; done
  gd_ours=$(printf '%s\n' "$@")
  if [ -n "$(gd_victims "$@")" ]; then
    for gd_name; do
      shift
      gd_needing=$(gd_victims "$gd_name")
      if [ -z "$gd_needing" ]; then set -- "$@" "$gd_name"
      else echo "W: $gd_name stays, for these need it: $gd_needing"; fi
    done
  fi
  [ $# -gt 0 ] || return 0
  gd_kept=$(gd_changed_conffiles "$@")
  for gd_file in $gd_kept; do gd_backup "$gd_file" || return 1; done
  gd_apt purge "$@" || return
  for gd_file in $gd_kept; do gd_restore "$gd_file" && echo "W: $gd_file stays, for somebody wrote in it"; done
}

# gd_changed_conffiles NAME…: those that are not as the packages brought them.
gd_changed_conffiles() {
  dpkg-query -W -f '${Conffiles}\n' "$@" | while read -r gd_file gd_sum _; do
    [ ! -f "$gd_file" ] || echo "$gd_sum  $gd_file" | md5sum --status -c - || printf '%s\n' "$gd_file"
  done
}

# gd_oust NAME…: remove these, but nothing else with them: that was not in the plan.
gd_oust() {
  gd_ours=$(printf '%s\n' "$@")
  gd_needing=$(gd_victims "$@")
  if [ -n "$gd_needing" ]; then echo "E: these need it and would be removed too: $gd_needing"; return 1; fi
  gd_apt remove "$@"
}

# gd_victims NAME…: what would go with them that is not among gd_ours.
gd_victims() {
  apt-get -s purge "$@" | sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p' | grep -vxF -e "$gd_ours" | tr '\n' ' '
}
