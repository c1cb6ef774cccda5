#!/usr/bin/env bash
# Builds Forewarn and installs it as a systemd service on this machine.
#
#     deploy/install.sh [--dry-run] [--binary FILE]
#
#   --dry-run       prints what would be done, and does nothing
#   --binary FILE   installs this program instead of building one
#
# An existing configuration and a site's own rules are left alone; the shipped ones are replaced. The service is neither enabled nor
# restarted; the last lines say how. DESTDIR=/folder installs below that folder, for packagers.
set -euo pipefail
readonly began=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib.sh
source deploy/lib.sh

usage() {
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' deploy/install.sh
}

dry_run=no
binary=
while [[ $# -gt 0 ]]; do
    case $1 in
        --dry-run) dry_run=yes ;;
        --binary)
            [[ -n ${2-} ]] || fail 2 "--binary needs a file"
            binary=$(cd "$began" && realpath "$2")
            shift
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail 2 "unknown option $1 (--dry-run, --binary FILE)" ;;
    esac
    shift
done

readonly root=${DESTDIR-}

# as_root COMMAND...: runs it, or prints it when nothing is to be done. Packagers need no root.
as_root() {
    if [[ $dry_run == yes ]]; then
        printf '%q ' "$@"
        printf '\n'
    elif [[ -n $root ]]; then
        "$@"
    else
        with_rights "$@"
    fi
}

# put MODE FILE TARGET: the folders above the target are made when they are missing.
put() {
    as_root install -D -m "$1" "$2" "$root$3"
}

put_if_absent() {
    if [[ -e $root$3 ]]; then
        say "$3 is there and stays as it is"
    else
        put "$@"
    fi
}

if [[ -z $binary ]]; then
    build=(swift build -c release --product forewarn --static-swift-stdlib)
    if [[ $dry_run == yes ]]; then
        printf '%s\n' "${build[*]}"
    else
        need_packages "${BUILD_PACKAGES[@]}"
        need_swift
        say "building (a few minutes the first time)"
        "${build[@]}" >&2
    fi
    binary=$("${build[@]}" --show-bin-path)/forewarn
elif [[ ! -x $binary ]]; then
    fail 2 "$binary is no program"
fi

# Asked for only now, since the program is better built by its user than by root.
if [[ $dry_run == no && -z $root ]] && ! have_rights; then
    say "the program is built; installing it needs the rights of root. Run:"
    printf '    sudo %q --binary %q\n' "$PWD/deploy/install.sh" "$binary" >&2
    exit 2
fi

# A running program cannot be written over; `install` puts a new file in its place.
put 0755 "$binary" /usr/bin/forewarn
put 0644 deploy/systemd/forewarn.service /usr/lib/systemd/system/forewarn.service
put 0644 deploy/systemd/forewarn-console.service /usr/lib/systemd/system/forewarn-console.service
put 0644 docs/operating.md /usr/share/doc/forewarn/operating.md
put_if_absent 0644 deploy/forewarn.yaml /etc/forewarn/forewarn.yaml
# The pack is the program's and replaced with it; what a site changes stands in /etc.
for file in deploy/rules/*.yaml; do
    put 0644 "$file" "/usr/share/forewarn/rules/$(basename "$file")"
done
put 0644 deploy/failure-modes.yaml /usr/share/forewarn/failure-modes.yaml
if [[ -d $root/etc/forewarn/rules ]]; then
    say "/etc/forewarn/rules is there and stays as it is"
else
    put 0644 deploy/site-rules.yaml /etc/forewarn/rules/site.yaml
fi
if [[ -z $root && -d /run/systemd/system ]]; then
    as_root systemctl daemon-reload
fi

say "next:
    1. set the broker and the topics:  /etc/forewarn/forewarn.yaml
    2. check:                          forewarn check /etc/forewarn/forewarn.yaml
    3. start, now and at every boot:   sudo systemctl enable --now forewarn
    4. after an upgrade:               sudo systemctl restart forewarn"
