#!/usr/bin/env bash
# From vehicle messages to service tickets, in one command, on a fresh Debian 12 with Swift.
#
#     deploy/demo.sh [--mixed] [--once] [--port N] [--keep]
#     deploy/demo.sh --quarter [DIR]
#
#   --mixed     plays the fleet of thirteen kinds of device in place of the one with native messages
#   --quarter   instead, takes the sample quarter of a service centre into a store of its own and
#               writes its review, and every other report, as pages into DIR or a scratch folder
#   --once      stops by itself after the tickets were shown; otherwise Ctrl-C ends it
#   --port N    the loopback port of the demo's broker; a free one is taken when not given
#   --keep      keeps the scratch folder: the store, the logs and the broker's configuration
#
# Installs what is missing, or prints the one command to run and exits 2. Starts a private broker
# and a daemon on a scratch folder, and ends only those. FOREWARN=/path/to/forewarn uses that
# program instead of building one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib.sh
source deploy/lib.sh

usage() {
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' deploy/demo.sh
}

recording=Samples/fleet/recording.jsonl
rules=Samples/fleet/rules.yaml
listening=(--topic 'v1/{vehicle}/ev')
# The subscription that is made last.
last=v1/

once=no
keep=no
quarter=no
pages=
port=
while [[ $# -gt 0 ]]; do
    case $1 in
        --mixed)
            recording=Samples/mixed/recording.jsonl
            rules=Samples/mixed/rules.yaml
            listening=(--config Samples/mixed/forewarn.yaml)
            last=spBv1.0/
            ;;
        --once) once=yes ;;
        --keep) keep=yes ;;
        --quarter)
            quarter=yes
            if [[ -n ${2-} && $2 != -* ]]; then
                pages=$2
                shift
            fi
            ;;
        --port)
            [[ ${2-} =~ ^[0-9]+$ ]] || fail 2 "--port needs a number"
            port=$2
            shift
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail 2 "unknown option $1 (--mixed, --once, --port N, --keep, --quarter)" ;;
    esac
    shift
done

scratch=
broker_pid=
daemon_pid=
tail_pid=
console_pid=
build_pid=

# stop NAME PID: asks a process of ours to end, and makes it after ten seconds. Gives its exit code.
stop() {
    local name=$1 pid=$2 status=0
    [[ -n $pid ]] || return 0
    kill -TERM "$pid" 2>/dev/null || true
    if ! wait_until 10 process_is_gone "$pid"; then
        say "$name did not stop within 10 s"
        kill -KILL "$pid" 2>/dev/null || true
    fi
    wait "$pid" 2>/dev/null || status=$?
    return "$status"
}

# A process that ended but was not waited for is a zombie, and as gone as one can be.
process_is_gone() {
    [[ ! -d /proc/$1 ]] || grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"
}

# Ends what runs, newest first. The daemon's own exit code is part of the demo.
stop_everything() {
    local status=0
    stop "the build" "$build_pid" || true
    build_pid=
    stop "forewarn tail" "$tail_pid" || true
    tail_pid=
    stop "forewarn console" "$console_pid" || true
    console_pid=
    stop "forewarn run" "$daemon_pid" || status=$?
    daemon_pid=
    stop "the broker" "$broker_pid" || true
    broker_pid=
    return "$status"
}

on_exit() {
    local status=$?
    trap '' INT TERM
    stop_everything || true
    if [[ -n $scratch && $keep == yes ]]; then
        say "kept: $scratch"
    elif [[ -n $scratch ]]; then
        rm -rf "$scratch"
    fi
    exit "$status"
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# broken MESSAGE LOG: what went wrong and the end of the log that knows why.
broken() {
    say "$1"
    if [[ -s ${2-} ]]; then
        tail -n 15 "$2" | sed 's/^/    /' >&2
    fi
    exit 1
}

# A release build takes minutes the first time; a line every ten seconds says how far it is.
build() {
    local log=$scratch/build.log began=$SECONDS shown=$SECONDS
    say "building the release program (a few minutes the first time)"
    swift build -c release --product forewarn </dev/null >"$log" 2>&1 &
    build_pid=$!
    until process_is_gone "$build_pid"; do
        sleep 0.3
        if ((SECONDS - shown >= 10)); then
            shown=$SECONDS
            say "  $((SECONDS - began)) s  $(tail -n 1 "$log" | cut -c1-80)"
        fi
    done
    local status=0
    wait "$build_pid" || status=$?
    build_pid=
    [[ $status -eq 0 ]] || broken "the build failed" "$log"
    FOREWARN=$(swift build -c release --show-bin-path)/forewarn
}

start_broker() {
    local program
    program=$(mosquitto_path) || fail 2 "mosquitto is installed but not found"
    [[ -n $port ]] || port=$(free_port)
    port_is_free "$port" || fail 2 "port $port is in use; choose another one with --port"
    mkdir "$scratch/broker"
    # What the shipped file leaves to the broker's own configuration, and then that file, unchanged.
    cat >"$scratch/mosquitto.conf" <<END
listener $port 127.0.0.1
allow_anonymous true
user $(id -un)
persistence_location $scratch/broker/
log_dest stderr
log_type subscribe
include_dir $PWD/deploy/mosquitto
END
    "$program" -c "$scratch/mosquitto.conf" </dev/null >"$scratch/broker.log" 2>&1 &
    broker_pid=$!
    wait_until 10 broker_answers || broken "the broker did not start" "$scratch/broker.log"
    say "broker on 127.0.0.1:$port with deploy/mosquitto/forewarn.conf"
}

broker_answers() {
    ! process_is_gone "$broker_pid" && ! port_is_free "$port"
}

start_daemon() {
    mkdir "$scratch/state"
    "$FOREWARN" run --broker "mqtt://127.0.0.1:$port" --state "$scratch/state" --rules "$rules" \
        "${listening[@]}" --client-id forewarn-demo \
        </dev/null >"$scratch/daemon.log" 2>&1 &
    daemon_pid=$!
    local tries
    for ((tries = 0; tries < 150; tries++)); do
        ! process_is_gone "$daemon_pid" || broken "the daemon ended" "$scratch/daemon.log"
        # The broker's own word that it keeps messages for the daemon from now on.
        if grep -qE '(^|[[:space:]])forewarn-demo 1 '"$last" "$scratch/broker.log"; then
            say "daemon is listening"
            return 0
        fi
        sleep 0.2
    done
    broken "the daemon did not subscribe within 30 s" "$scratch/daemon.log"
}

# count NAME: one number of `forewarn db stats`.
count() {
    local stats number
    stats=$("$FOREWARN" db stats --state "$scratch/state" -o json 2>>"$scratch/stats.log")
    number=$(grep -oE "\"$1\" *: *[0-9]+" <<<"$stats" | grep -oE '[0-9]+$' | head -n 1)
    printf '%s\n' "${number:-0}"
}

# Every message that was published is stored or is a dead letter, or the demo has failed.
wait_for_messages() {
    local published=$1 deadline=$((SECONDS + 120)) shown=$SECONDS arrived=0
    while ((arrived < published)); do
        ! process_is_gone "$daemon_pid" || broken "the daemon ended" "$scratch/daemon.log"
        arrived=$(($(count messages) + $(count duplicates)))
        ((SECONDS < deadline)) \
            || broken "only $arrived of $published messages arrived" "$scratch/daemon.log"
        if ((SECONDS - shown >= 5)); then
            shown=$SECONDS
            say "  $arrived of $published messages"
        fi
        sleep 0.2
    done
    say "$arrived messages stored"
}

show_tickets() {
    local ticket
    printf '\n$ forewarn ticket ls\n'
    "$FOREWARN" ticket ls --state "$scratch/state"
    # One ticket with its evidence: a critical one when there is one.
    "$FOREWARN" ticket ls --state "$scratch/state" -o json >"$scratch/tickets.jsonl"
    ticket=$({ grep -iE '"severity" *: *"crit' "$scratch/tickets.jsonl" || cat "$scratch/tickets.jsonl"; } \
        | grep -oE 'T-[0-9]+' | sed -n 1p || true)
    [[ -n $ticket ]] || broken "no ticket was opened" "$scratch/daemon.log"
    printf '\n$ forewarn ticket show %s\n' "$ticket"
    "$FOREWARN" ticket show "$ticket" --state "$scratch/state"
    printf '\n'
}

# The web console, on a port that it finds itself.
start_console() {
    "$FOREWARN" console --state "$scratch/state" --listen 127.0.0.1:0 </dev/null \
        2>"$scratch/console.log" &
    console_pid=$!
    wait_until 10 grep -q 'http://' "$scratch/console.log" \
        || broken "the web console did not start" "$scratch/console.log"
    say "the same in a browser: $(grep -oE 'http://[^ ]+' "$scratch/console.log")"
}

# The pages of the sample quarter, in both languages.
write_quarter() {
    local sample=Samples/quarter report language
    [[ -n $pages ]] || pages=$(mktemp -d "${TMPDIR:-/tmp}/forewarn-quarter.XXXXXX")
    mkdir -p "$pages"
    say "taking $sample/history.jsonl into a store"
    "$FOREWARN" ticket import "$sample/history.jsonl" --state "$scratch/state" \
        --rules "$sample/rules.yaml" >"$scratch/import.log" 2>&1 \
        || broken "the history was not taken" "$scratch/import.log"
    say "$(tail -n 1 "$scratch/import.log")"
    for language in en zh-Hans; do
        mkdir -p "$pages/$language"
        for report in quarter kpi sla faults staffing parts suppliers training quality feedback; do
            # The workshops' own days, whatever zone this machine is in.
            TZ=Asia/Shanghai "$FOREWARN" report "$report" --state "$scratch/state" \
                --data "$sample/data" --quarter 2026Q3 --lang "$language" -o html \
                >"$pages/$language/$report.html"
        done
    done
    say "the review is $pages/en/quarter.html and $pages/zh-Hans/quarter.html"
    say "beside each lie nine other reports; a browser prints them on A4"
}

[[ -r $recording && -r $rules ]] || fail 4 "$recording or $rules is missing"
if [[ $quarter == yes ]]; then
    [[ -r Samples/quarter/history.jsonl ]] || fail 4 "Samples/quarter is missing"
    need_packages "${BUILD_PACKAGES[@]}"
else
    need_packages "${BUILD_PACKAGES[@]}" mosquitto mosquitto-clients
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/forewarn-demo.XXXXXX")
if [[ -n ${FOREWARN-} ]]; then
    [[ -x $FOREWARN ]] || fail 2 "FOREWARN=$FOREWARN is no program"
else
    need_swift
    build
fi

if [[ $quarter == yes ]]; then
    write_quarter
    exit 0
fi

start_broker
start_daemon
"$FOREWARN" tail --state "$scratch/state" -f </dev/null 2>"$scratch/tail.log" &
tail_pid=$!

say "replaying $recording through the broker"
"$FOREWARN" replay "$recording" --to "mqtt://127.0.0.1:$port" </dev/null >"$scratch/replay.log" \
    || broken "the replay failed" "$scratch/replay.log"
wait_for_messages "$(grep -c . "$recording")"
! process_is_gone "$tail_pid" || broken "forewarn tail ended" "$scratch/tail.log"
# The tail prints within milliseconds of a commit; this keeps its last lines above the table.
sleep 0.5
show_tickets
start_console

if [[ $once == no ]]; then
    say "still following; publish your own messages to mqtt://127.0.0.1:$port"
    say "Ctrl-C stops everything"
    stopped=no
    trap 'stopped=yes' INT TERM
    wait -n "$tail_pid" "$console_pid" "$daemon_pid" "$broker_pid" || true
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [[ $stopped == no ]]; then
        broken "something ended by itself" "$scratch/daemon.log"
    fi
fi
stop_everything || broken "the daemon did not stop cleanly" "$scratch/daemon.log"
say "stopped cleanly"
