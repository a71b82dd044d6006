# Shared by the scripts of this folder: source it, it does nothing by itself.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export cache=$root/.cache # ignored by git: bun, the engine's log

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Run a command as root: with sudo only where that is needed.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "needs root for: $* (no sudo here)"
  fi
}

# Does the engine answer? Asked as the program will ask: DOCKER_HOST, else the usual socket.
engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

package_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Install those of the named Debian packages that are missing.
install_packages() {
  local package missing=()
  for package in "$@"; do
    package_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  have apt-get || die "please install: ${missing[*]} (this is not Debian or Ubuntu)"
  say "setup: installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# Start an engine when none answers. Its pid goes to $cache/dockerd.pid only when we started it.
engine_start() {
  engine_answers && return 0
  [ -z "${DOCKER_HOST:-}" ] || die "no engine answers at DOCKER_HOST=$DOCKER_HOST"
  if [ -S /var/run/docker.sock ] && [ "$(id -u)" -ne 0 ] && pgrep -x dockerd >/dev/null; then
    die "an engine runs, but you may not use /var/run/docker.sock: join the group docker, or be root"
  fi
  local dockerd
  dockerd=$(command -v dockerd || echo /usr/sbin/dockerd)
  [ -x "$dockerd" ] || die "dockerd is not installed: scripts/setup installs docker.io"
  mkdir -p "$cache"
  say "setup: no engine answers, starting dockerd in the background (log: .cache/dockerd.log)"
  # shellcheck disable=SC2016 # the inner shell expands them
  # setsid: a Ctrl-C in the terminal is meant for the tests, not for the engine they clean up with
  as_root setsid sh -c 'echo $$ >"$1"; exec "$2" >"$3" 2>&1 </dev/null' sh \
    "$cache/dockerd.pid" "$dockerd" "$cache/dockerd.log" &
  local job=$! i
  for ((i = 0; i < 120; i++)); do
    engine_answers && return 0
    [ -d "/proc/$job" ] || break
    sleep 0.5
  done
  tail -n 20 "$cache/dockerd.log" >&2
  rm -f "$cache/dockerd.pid"
  die "dockerd stopped, or did not answer within 60 s; its last words are above"
}

# Stop the engine that engine_start started; any other is left alone.
engine_stop() {
  local pid i
  [ -f "$cache/dockerd.pid" ] || return 0
  pid=$(cat "$cache/dockerd.pid")
  rm -f "$cache/dockerd.pid"
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] || return 0
  say "stopping the dockerd that was started here"
  as_root kill "$pid"
  for ((i = 0; i < 60; i++)); do
    [ -d "/proc/$pid" ] || return 0
    sleep 0.5
  done
  say "warning: dockerd ($pid) did not stop within 30 s"
}

# meson setup where needed, then the program alone; meson builds the tests when it runs them.
# Usage: build_in FOLDER [MESON OPTIONS]
build_in() {
  local folder=$1
  shift
  [ -f "$folder/build.ninja" ] || meson setup "$folder" "$root" "$@" >&2
  ninja -C "$folder" src/seatrial >&2
}

# --- fixture images: made offline of this machine's files, cached by the hash of their content ---

hash_of_tree() {
  (cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-32)
}

# The hash that an image was made of; nothing when there is no such image.
label_of() {
  docker image inspect --format '{{index .Config.Labels "seatrial.fixture"}}' "$1" 2>/dev/null || true
}

# Copy the libraries that programs are linked with and that the tree has not. Usage: copy_libraries TREE
# FILE...
copy_libraries() {
  local tree=$1 library
  shift
  for library in $(LD_LIBRARY_PATH=$(libraries_of "$tree") ldd "$@" 2>/dev/null |
    sed -nE 's|^\t(.* => )?(/[^ ]*) .*|\2|p' | sort -u); do
    [[ $library != "$tree"/* ]] || continue
    [ -e "$tree$library" ] || { mkdir -p "$tree$(dirname "$library")" && cp -L "$library" "$tree$library"; }
  done
}

# Where a Debian package in a tree has its libraries.
libraries_of() { printf '%s:' "$1"/usr/lib/*-linux-gnu*; }

# Unpack Debian packages into a tree without installing them; documentation is left out. They are fetched
# when the cache has not those that are named. Usage: unpack_debs TREE NAME PACKAGE...
unpack_debs() {
  local tree=$1 folder=$cache/debs/$2 deb
  shift 2
  if [ "$(cat "$folder/packages" 2>/dev/null)" != "$*" ]; then
    say "$(basename "$0"): fetching $*"
    rm -rf "$folder"
    mkdir -p "$folder"
    # lists that are missing or old name nothing that can be fetched
    (cd "$folder" && { apt-get download -qq "$@" >&2 ||
      { as_root apt-get update -q >&2 && apt-get download -qq "$@" >&2; }; })
    printf '%s\n' "$*" >"$folder/packages"
  fi
  for deb in "$folder"/*.deb; do dpkg -x "$deb" "$tree"; done
  rm -rf "${tree:?}"/usr/share/{doc,man,lintian,bug,locale}
}

# Make an image of a tree. Usage: import_tree TREE IMAGE HASH [CHANGE...]
import_tree() {
  local tree=$1 image=$2 hash=$3 change changes=()
  shift 3
  for change in "$@" "LABEL seatrial.fixture=$hash"; do changes+=(--change "$change"); done
  say "$(basename "$0"): importing $image"
  tar -C "$tree" --sort=name --owner=0 --group=0 --numeric-owner -c . |
    docker import "${changes[@]}" - "$image" >/dev/null
}
