# shellcheck shell=sh
# Verbs for the Docker engine and its daemon.json (see prelude.sh).

# gd_engine restart|start|reload: do that, and wait until Docker answers. Where it does not, or does not take its file,
# its own last words, and those of containerd, without which Docker never ends to start.
gd_engine() {
  gd_since=$(date +%s.%N)
  # The time of docker.pid says when the engine last read its file: a younger file is judged anew by every `verify`.
  # docker.service allows three starts in a minute: after failed ones systemd refuses the next.
  systemctl reset-failed docker.service
  timeout 120 systemctl "$1" docker.service && gd_wait 60 docker version &&
    { [ "$1" != reload ] || gd_reloaded; } && touch -c /var/run/docker.pid && return 0
  echo 'The engine said last:'
  gd_words_of docker.service containerd.service | tail -n 6
  return 1
}

# gd_enable UNIT…: at boot. Packages do it themselves, and systemctl takes half a second to do again what is done.
gd_enable() {
  for gd_unit; do systemctl is-enabled -q "$gd_unit" || systemctl enable "$gd_unit" || return; done
}

# gd_words_of UNIT…: what they said since gd_since.
gd_words_of() {
  for gd_unit; do shift; set -- "$@" "_SYSTEMD_UNIT=$gd_unit"; done
  journalctl "$@" --since "@$gd_since" -o cat --no-pager
}

# The signal of `reload` has no answer but in the engine's log: that it was got, then that all is reloaded, or an error.
# An engine may tell other errors meanwhile, of images and containers: they count only where a higher log-level hides all
# that is no error.
gd_reloaded() {
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    gd_words=$(gd_words_of docker.service)
    case $gd_words in *'Reloaded configuration'*) return 0;; esac
    sleep 0.2
  done
  case $gd_words in *'Got signal to reload'* | *level=error* | *'"level":"error"'*) return 1;; esac
}

# The flags of the running engine, each with a NUL behind it; nothing when none runs.
gd_engine_flags() {
  gd_pid=$(systemctl show --value -p MainPID docker.service)
  [ "$(cat "/proc/$gd_pid/comm" 2>/dev/null)" != dockerd ] || tail -z -n +2 "/proc/$gd_pid/cmdline"
}

# Standard input as daemon.json, judged by the engine itself where it can (Docker 23 and newer). With its flags, for a
# key that is a flag too lets no engine start.
gd_check_daemon_json() {
  gd_file=$(mktemp /run/gpudock.XXXXXX) && cat >"$gd_file" || return 1 # it may hold secrets, which no disk shall keep
  gd_verdict=0
  if dockerd --help 2>&1 | grep -q -e --validate; then
    # shellcheck disable=SC2016 # for the inner shell
    gd_engine_flags | xargs -0 sh -c 'exec dockerd "$@" --validate --config-file="$0"' "$gd_file" || gd_verdict=$?
  fi
  rm -f -- "$gd_file"
  return "$gd_verdict"
}
