# Shared by the steps of the action: source it, it does nothing by itself.
# shellcheck shell=bash

# End the step with an annotation. Whatever is quoted cannot begin another command.
# Source: actions/toolkit, packages/core/src/command.ts
fail() {
  local text=$*
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  text=${text//$'\n'/%0A}
  printf '::error title=seatrial::%s\n' "$text"
  exit 3
}

# Tell the runner an output of this step. Values here are paths of our own making: one line each.
output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }
