# shellcheck shell=sh
# Starts the script of a run apart from the connection that brought it, and follows what it says. When the connection
# breaks, the run goes on and ends by itself. GD_RUN and GD_TITLE are set by the script around it.

GD_UNIT=gpudock-apply.service
GD_SPOOL=/run/gpudock

# gd_start: the run, as a unit of systemd that only one can be of. The script comes on standard input; it may hold
# secrets, so it lies under /run, on no disk, for root alone, and is removed by the run as its first act. What a package has started
# meanwhile goes on when the run ends, as it would after a login.
gd_start() {
  (umask 077 && mkdir -p "$GD_SPOOL" && cat >"$GD_SPOOL/$GD_RUN.sh" && : >"$GD_SPOOL/$GD_RUN.log") || return 1
  systemd-run --quiet --collect --unit="$GD_UNIT" --description="$GD_TITLE" \
    --property=IgnoreSIGPIPE=no --property=KillMode=process \
    --property=StandardOutput=null --property=StandardError=null sh "$GD_SPOOL/$GD_RUN.sh" && return 0
  rm -f -- "$GD_SPOOL/$GD_RUN.sh" "$GD_SPOOL/$GD_RUN.log"
  return 1
}

# gd_follow RUN: its output from the beginning, until it ends. The shell opens it, and looks no second time where it is:
# a run that ends puts it elsewhere.
gd_follow() {
  gd_pid=$(systemctl show --value -p MainPID "$GD_UNIT")
  { [ "${gd_pid:-0}" -gt 0 ] && tail -s 0.1 --pid="$gd_pid" -c +1 -f <"$GD_SPOOL/$1.log"; } 2>/dev/null ||
    cat "$GD_SPOOL/$1.log" 2>/dev/null || cat "/var/lib/gpudock/runs/$1.log"
}
