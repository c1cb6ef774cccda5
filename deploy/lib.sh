# shellcheck shell=bash
# What the scripts of this folder share. Source it; it does nothing by itself.
# Data goes to stdout, talk goes to stderr, and nothing here ever asks a question.

# forewarn builds with this version of Swift or a later one.
readonly SWIFT_MAJOR=6 SWIFT_MINOR=2

# Libraries that every build needs, with the headers.
# shellcheck disable=SC2034  # read by the scripts that source this file
readonly BUILD_PACKAGES=(libmosquitto-dev libsqlite3-dev zlib1g-dev)

say() {
    printf 'forewarn: %s\n' "$*" >&2
}

# fail CODE MESSAGE...: says why, and ends the script. 2 = this machine lacks something.
fail() {
    local code=$1
    shift
    printf 'forewarn: %s\n' "$*" >&2
    exit "$code"
}

# A package counts as present only when it is fully installed; `dpkg -s` also knows removed ones.
package_present() {
    [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]
}

# Runs a command as root.
with_rights() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

have_rights() {
    [[ $(id -u) -eq 0 ]] || sudo -n true 2>/dev/null
}

# Package lists older than a day name versions that the mirror may have dropped.
lists_are_old() {
    [[ -z $(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mtime -1 -print -quit 2>/dev/null) ]]
}

# need_packages PACKAGE...: installs what is missing. Without the rights to do so it prints the one
# command that would, and exits 2.
need_packages() {
    local package
    local missing=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "this is not Debian or Ubuntu, so nothing is installed for you; you need: $*"
        return 0
    fi
    for package in "$@"; do
        package_present "$package" || missing+=("$package")
    done
    [[ ${#missing[@]} -eq 0 ]] && return 0

    if ! have_rights; then
        say "missing: ${missing[*]}. Install with:"
        printf '    sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n' \
            "${missing[*]}" >&2
        exit 2
    fi
    say "installing ${missing[*]}"
    if lists_are_old; then
        apt_get update || say "the package lists could not be renewed; going on with the old ones"
    fi
    # Lists can also name a version that is gone: renew them once and try again.
    apt_get install "${missing[@]}" \
        || { apt_get update && apt_get install "${missing[@]}"; } \
        || fail 2 "apt-get could not install ${missing[*]}"
}

apt_get() {
    local log
    log=$(mktemp)
    local options=(-q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
    if [[ $1 == install ]]; then
        options+=(-y --no-install-recommends)
    fi
    if with_rights env DEBIAN_FRONTEND=noninteractive apt-get "$1" "${options[@]}" "${@:2}" \
        >"$log" 2>&1 </dev/null; then
        rm -f "$log"
        return 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
}

# need_swift: the toolchain is there and new enough, or exit 2.
need_swift() {
    local banner major minor
    command -v swift >/dev/null \
        || fail 2 "swift is not on PATH; install Swift $SWIFT_MAJOR.$SWIFT_MINOR or later from https://www.swift.org/install/linux/"
    banner=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | head -n 1 || true)
    major=${banner##* }
    minor=${major#*.}
    major=${major%%.*}
    [[ -n $major && -n $minor ]] || fail 2 "\`swift --version\` names no version"
    if ((major < SWIFT_MAJOR || (major == SWIFT_MAJOR && minor < SWIFT_MINOR))); then
        fail 2 "Swift $major.$minor is too old; install $SWIFT_MAJOR.$SWIFT_MINOR or later from https://www.swift.org/install/linux/"
    fi
}

port_is_free() {
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port: a loopback port that nobody answers on. Outside the range the kernel hands out by
# itself, so that no client's connection takes it before the broker does.
free_port() {
    local port tries
    for ((tries = 0; tries < 200; tries++)); do
        port=$((20000 + RANDOM % 12000))
        if port_is_free "$port"; then
            printf '%s\n' "$port"
            return 0
        fi
    done
    fail 3 "no free port on 127.0.0.1 found"
}

# wait_until SECONDS COMMAND...: tries the command five times a second; fails when time runs out.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

# The server's folder is not on every user's PATH.
mosquitto_path() {
    command -v mosquitto || PATH=$PATH:/usr/sbin:/usr/local/sbin command -v mosquitto
}
