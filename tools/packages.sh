# SPDX-License-Identifier: MIT
# Debian packages: which ones a command needs, and installing those that are missing. Sourced by ./dev.
# shellcheck shell=bash

# packages_of GROUP...: the packages of these groups of packages.txt.
packages_of() {
  awk -v groups=" $* " '
    /^\[/ { name = substr($1, 2, length($1) - 2); wanted = index(groups, " " name " "); next }
    wanted && $1 != "" && $1 !~ /^#/ { print $1 }' packages.txt | sort -u
}

# missing_of GROUP...: those of them that are not installed.
missing_of() {
  local package
  for package in $(packages_of "$@"); do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

# need GROUP...: installs what is missing. Elsewhere than on Debian it does nothing, and the build says what it misses.
need() {
  command -v dpkg-query >/dev/null || return 0
  local missing as_root=() log
  mapfile -t missing < <(missing_of "$@")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $EUID -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "dev: these packages are missing, and installing them takes root or sudo: ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "dev: installing ${missing[*]}" >&2
  log=$(mktemp)
  if ! "${as_root[@]}" apt-get update >"$log" 2>&1 ||
    ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    cat "$log" >&2
    echo "dev: could not install ${missing[*]}" >&2
    exit 1
  fi
  rm -f "$log"
}
