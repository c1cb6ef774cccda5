#!/usr/bin/env bash
# Passes every check and every test, on a fresh Debian 12 with a Swift toolchain, in one command.
#
#     deploy/test.sh [--fast] [--filter REGEX]
#
#   --fast            only builds and tests; leaves out the format, repository, shell and systemd
#                     checks, which take a few seconds
#   --filter REGEX    runs only the tests that match, as `swift test --filter` does
#
# Installs the Debian packages it lacks, or prints the one command to run and exits 2. Any other
# failure exits with what the failing step said. The last lines are those of `swift test`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib.sh
source deploy/lib.sh

usage() {
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' deploy/test.sh
}

fast=no
filter=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --fast) fast=yes ;;
        --filter)
            [[ $# -ge 2 ]] || fail 2 "--filter needs a pattern"
            filter+=(--filter "$2")
            shift
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail 2 "unknown option $1 (--fast, --filter REGEX)" ;;
    esac
    shift
done

# step NAME: which step begins, and how many seconds the ones before it took together.
step() {
    say "$(printf '%4d s  %s' "$SECONDS" "$*")"
}

check_format() {
    local places=()
    local place
    for place in Sources Tests Benchmarks Package.swift; do
        [[ -e $place ]] && places+=("$place")
    done
    # A nested package keeps its own build folder, which is not ours to judge.
    find "${places[@]}" -name '.build*' -prune -o -name '*.swift' -print0 \
        | xargs -0 swift format lint --strict --parallel \
        || fail 1 "mend the format with: swift format -i -r Sources Tests Package.swift"
}

check_repository() {
    local tracked
    git rev-parse --is-inside-work-tree >/dev/null 2>&1 || return 0
    tracked=$(git ls-files | grep -E '(^|/)(Package\.resolved|\.build[^/]*/)' || true)
    [[ -z $tracked ]] || fail 1 "these do not belong into the repository: $tracked"
}

check_shell() {
    local script
    local scripts=(deploy/*.sh .ci/run)
    for script in "${scripts[@]}"; do
        bash -n "$script"
    done
    if command -v shellcheck >/dev/null; then
        shellcheck -x "${scripts[@]}"
    else
        say "shellcheck is not installed; only the syntax was checked"
    fi
}

# The units must be known to systemd word for word, and stay at 1.0 or better (threshold is ten times
# that). They are checked with a program that exists, since Forewarn need not be installed here.
check_units() {
    local scratch unit said status
    if ! command -v systemd-analyze >/dev/null; then
        say "systemd-analyze is not installed; the units were not checked"
        return 0
    fi
    scratch=$(mktemp -d)
    for unit in deploy/systemd/*.service; do
        sed 's|^ExecStart=/usr/bin/forewarn|ExecStart=/bin/true|' "$unit" >"$scratch/${unit##*/}"
        status=0
        said=$(systemd-analyze verify "$scratch/${unit##*/}" 2>&1) || status=$?
        # It also speaks of the machine's other units, which are not ours.
        said=$(grep -F forewarn <<<"$said" || true)
        [[ $status -eq 0 && -z $said ]] || fail 1 "$unit: ${said:-exit $status}"
        said=$(systemd-analyze security --offline=yes --threshold=10 --no-pager "$unit" 2>&1) \
            || fail 1 "$unit: $(tail -n 1 <<<"$said")"
    done
    rm -rf "$scratch"
}

step "packages"
need_packages "${BUILD_PACKAGES[@]}" mosquitto mosquitto-clients strace sqlite3
need_swift

if [[ $fast == no ]]; then
    step "format"
    check_format
    step "repository, shell scripts and systemd units"
    check_repository
    check_shell
    check_units
fi

# Warnings are errors by Package.swift. Tests start the program itself, so it is built first.
step "build"
swift build

step "test"
exec swift test --parallel ${filter[@]+"${filter[@]}"}
