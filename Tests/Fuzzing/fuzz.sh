#!/bin/sh
# Feeds the readers with inputs that libFuzzer makes up, and ends with 1 when one of them breaks.
#
#   Tests/Fuzzing/fuzz.sh [--seconds N] [READER | format NAME]...
#
# Readers: expression, pack, modes, roster, table, tests, topic, and payload, which tries all formats
# in turn; all of them when none is named. `format NAME` tries one format or one pair of an envelope
# and a codec, as in `format wican+obd`. Each runs N seconds (60). What was found goes on from run to
# run in .build/corpus; an input that breaks a reader is kept in .build/found, and should become a
# test. Seeds are the files that ship and the messages of the tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
seconds=60 readers=''
usage() {
    sed -n '2,11s/^# \{0,1\}//p' "$0"
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
    --seconds | format)
        [ $# -gt 1 ] || usage
        if [ "$1" = format ]; then readers="$readers format-$2"; else seconds=$2; fi
        shift 2 ;;
    expression | pack | modes | roster | table | tests | payload | topic)
        readers="$readers $1" && shift ;;
    *) usage ;;
    esac
done
[ -n "$readers" ] || readers='expression pack modes roster table tests payload topic'

swift build -c release --sanitize fuzzer --package-path "$here" --scratch-path "$here/.build"
fuzz=$here/.build/release/forewarn-fuzz
corpus=$here/.build/corpus found=$here/.build/found
mkdir -p "$found"

choose() { # $1: a reader. The program goes by these.
    FOREWARN_FUZZ=$1 FOREWARN_FUZZ_FORMAT=''
    case $1 in format-*) FOREWARN_FUZZ=format FOREWARN_FUZZ_FORMAT=${1#format-} ;; esac
    export FOREWARN_FUZZ FOREWARN_FUZZ_FORMAT
}

# Files that ship are cut into pieces small enough to be changed thousands of times a second.
pieces() { # $1: folder; $2: the line that begins a piece; the rest: files. A piece gets the heading.
    folder=$1 begin=$2 && shift 2
    for file in "$@"; do
        awk -v folder="$folder" -v begin="$begin" -v name="$(basename "$file")" '
            $0 ~ begin { part++ }
            part == 0 { heading = heading $0 "\n"; next }
            { text[part] = text[part] $0 "\n" }
            END { for (i = 1; i <= part; i++) {
                path = folder "/" name "." i
                printf "%s%s", heading, text[i] > path
                close(path)
            } }' "$file"
    done
}
for reader in $readers; do
    seeds=$corpus/seeds/$reader
    mkdir -p "$corpus/$reader" "$seeds"
    cp "$here/words.dict" "$seeds.dict"
    case $reader in
    expression)
        sed -n 's/^ *\(when\|until\): *//p' "$root"/deploy/rules/*.yaml "$root"/Samples/*/rules.yaml |
            awk -v folder="$seeds" '{ path = folder "/" NR; print > path; close(path) }' ;;
    pack)
        pieces "$seeds" '^  - id:' "$root"/deploy/site-rules.yaml "$root"/Samples/*/rules.yaml
        for file in "$root"/deploy/rules/*.yaml; do
            case $file in
            *.test.yaml) ;;
            *) pieces "$seeds" '^  - id:' "$file" ;;
            esac
        done ;;
    modes) pieces "$seeds" '^  - id:' "$root"/deploy/failure-modes.yaml ;;
    tests) pieces "$seeds" '^  - name:' "$root"/deploy/rules/*.test.yaml "$root"/Samples/*/*.test.yaml ;;
    table) head -n 5 "$root"/Samples/mixed/roster.csv >"$seeds/mixed.csv" ;;
    roster)
        printf 'version: 1\nvehicles:\n  - { vehicle: TESTVAN1, device: ["86"], model: J6, year: 2021 }\nfalse_codes:\n  - { code: P0420, when: vehicle.model == "J6" and vehicle.software < "2.4.2", reason: limit }\n' \
            >"$seeds/roster.yaml" ;;
    *)
        choose "$reader"
        FOREWARN_FUZZ_SEEDS=$seeds "$fuzz"
        cat "$seeds.words" >>"$seeds.dict" ;;
    esac
done

code=0
for reader in $readers; do
    log=$here/.build/$reader.log
    longest=4096
    [ "$reader" != expression ] || longest=600
    choose "$reader"
    # The runtime would write a trace of its own, and libFuzzer would not see the trap.
    if ! SWIFT_BACKTRACE=enable=no "$fuzz" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len=$longest -print_final_stats=1 -dict="$corpus/seeds/$reader.dict" \
        -artifact_prefix="$found/$reader-" "$corpus/$reader" "$corpus/seeds/$reader" >"$log" 2>&1
    then
        code=1
        echo "$reader: broken by an input in $found:"
        grep -e 'Fatal error' -e 'SUMMARY' -e 'Test unit written' "$log" || tail -n 5 "$log"
    fi
    sed -n "s/^stat::number_of_executed_units: */$reader: inputs tried /p" "$log"
    sed -n 's/^formats: /  &/p' "$log"
done
exit $code
