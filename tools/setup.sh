#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sourced by tools/test, tools/demo and tools/bench: installs missing Debian packages, and says so.

# kiln_install <thing>=<package>...: installs each package of which the thing is missing. `command:x` is looked for on
# the PATH, `file:x` in the file system.
kiln_install() {
  local missing=() wish what package
  for wish in "$@"; do
    what=${wish%%=*} package=${wish#*=}
    case $what in
      command:*) command -v "${what#command:}" >/dev/null || missing+=("$package") ;;
      file:*) compgen -G "${what#file:}" >/dev/null || missing+=("$package") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "kiln: installing with apt-get: ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  export DEBIAN_FRONTEND=noninteractive
  if ! "${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
  fi
}

# What every build of kiln needs.
kiln_install_build() {
  kiln_install command:g++=g++ command:cmake=cmake command:ninja=ninja-build command:python3=python3 \
    file:/usr/include/boost/hana/tuple.hpp=libboost-dev file:/usr/include/xsimd/xsimd.hpp=libxsimd-dev \
    file:/usr/include/eigen3/Eigen/Core=libeigen3-dev
  local version
  version=$(cmake --version | sed -n '1s/[^0-9]*\([0-9]*\.[0-9]*\).*/\1/p')
  if [ "$(printf '3.25\n%s\n' "$version" | sort -V | head -n 1)" != 3.25 ]; then
    echo "kiln: its presets need CMake 3.25, this is $version (using the library needs 3.20 only)" >&2
    return 1
  fi
}

# kiln_configure <preset> [cmake options...]: configures once; later calls are left to the build itself.
kiln_configure() {
  local preset=$1 log
  shift
  [ -f "build/$preset/build.ninja" ] && [ $# -eq 0 ] && return 0
  mkdir -p build
  log=build/configure-$preset.log
  cmake --preset "$preset" "$@" >"$log" 2>&1 || { cat "$log"; return 1; }
}
