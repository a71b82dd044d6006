#!/bin/sh
# A gate for any pipeline that has a shell, curl and a container engine: downloads the released program, verifies its
# checksum and runs it. Everything else is told by seatrial.yaml, SEATRIAL_* variables, or arguments:
#   sh gate.sh --candidate-tag v1.2.0 --build . --image registry.example.com/notes
# Variables: SEATRIAL_RELEASE (v1.2.3; latest when it is not set), SEATRIAL_DOWNLOADS (where its releases are),
# SEATRIAL_PROGRAM (one that is installed already: nothing is downloaded).
# Reports are left in ./seatrial-reports: report.json, and report.xml (JUnit) where the program knows it.
set -eu

program=${SEATRIAL_PROGRAM:-}
if [ -z "$program" ]; then
  base=${SEATRIAL_DOWNLOADS:-https://github.com/seatrial/seatrial/releases}
  case $(uname -s)/$(uname -m) in
    Linux/x86_64) name=seatrial-linux-amd64 ;;
    Linux/aarch64 | Linux/arm64) name=seatrial-linux-arm64 ;;
    *) echo "seatrial: no released program is for $(uname -s) on $(uname -m)" >&2 && exit 3 ;;
  esac
  case ${SEATRIAL_RELEASE:-latest} in
    latest) url=$base/latest/download/$name ;;
    *[!0-9A-Za-z.-]*) echo "seatrial: SEATRIAL_RELEASE: wanted a tag such as v1.2.3" >&2 && exit 2 ;;
    *) url=$base/download/$SEATRIAL_RELEASE/$name ;;
  esac
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  for file in "$name" "$name.sha256"; do
    curl -fsSL --retry 3 --connect-timeout 20 --max-time 300 -o "$folder/$file" "${url%"$name"}$file" || exit 3
  done
  (cd "$folder" && sha256sum -c "$name.sha256" >/dev/null) ||
    { echo "seatrial: wrong checksum: $url was not run" >&2 && exit 3; }
  program=$folder/$name
  chmod 755 "$program"
fi

reports=seatrial-reports status=0
mkdir -p "$reports"
"$program" verify --report "json=$reports/report.json" "$@" || status=$?
if [ -s "$reports/report.json" ]; then
  "$program" report --format junit --output "$reports/report.xml" "$reports/report.json" 2>/dev/null || true
fi
exit "$status"
