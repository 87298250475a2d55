#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Formats every C++ file with clang-format 14 (other versions format differently); --check only
# names the files that it would change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

format() {
  find include tests examples bench -name '*.[ch]pp' -print0 |
    xargs -0 -r clang-format-14 --style=file "$@"
}

if [ "${1:-}" != --check ]; then
  format -i
elif ! report=$(format --dry-run --Werror 2>&1); then
  echo "not formatted (run tools/format.sh):"
  sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: error:.*/\1/p' <<<"$report" | sort -u
  exit 1
fi
