#!/bin/sh
# Measures Forewarn against other programs on this machine and prints medians and ratios.
#
#   Tests/Benchmarks/bench.sh [--peers DIR] [--rounds N] [--events N] [--vehicles N] [--tickets N]
#                             [--fleet N] [--forewarn PROGRAM] [PART...]
#
# Parts: core, formats, tickets, replay, pack, live, latency, fleet; all of them when none is named, which takes half
# an hour once everything is built. Programs that are compared run in turn in every round, so that what else the
# machine does falls on all of them alike.
#
# --forewarn PROGRAM measures that program, as it is installed, instead of building one.
#
# --peers DIR names a folder with other programs that do the same work: generate.py, job_python.py,
# job_duckdb.py, mqtt/pub.c and mqtt/sub_paho.py. Python 3 then needs msgspec, duckdb, orjson and
# paho-mqtt. Without it a file of this folder's own is replayed, and nothing is compared.
#
# Needs: swift; for live, latency and fleet mosquitto, mosquitto_sub, mosquitto_pub, python3 and cc.
# Results are kept in results/, files that can be made again in .build/.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
peers='' forewarn='' rounds=3 events=1000000 vehicles=10000 tickets=100000 fleet=5000000 parts=''
while [ $# -gt 0 ]; do
    case $1 in
    --peers) peers=$(cd "$2" && pwd) && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --events) events=$2 && shift 2 ;;
    --vehicles) vehicles=$2 && shift 2 ;;
    --tickets) tickets=$2 && shift 2 ;;
    --fleet) fleet=$2 && shift 2 ;;
    --forewarn) forewarn=$(cd "$(dirname "$2")" && pwd)/$(basename "$2") && shift 2 ;;
    core | formats | tickets | replay | pack | live | latency | fleet) parts="$parts $1" && shift ;;
    *) sed -n '2,20s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
done
[ -n "$parts" ] || parts='core formats tickets replay pack live latency fleet'

work=$here/.build/bench
mkdir -p "$work" "$here/results"
results=$here/results/$(date -u +%Y-%m-%dT%H%M%SZ).txt
running=''
cleanup() { for process in $running; do kill "$process" 2>/dev/null || true; done; }
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" | tee -a "$results"; }
seconds() { # the wall time of a command, whose output goes to $work/out
    # What the one before has written is not written out at this one's expense.
    sync
    python3 - "$work/out" "$@" <<'PYTHON'
import os, subprocess, sys, time

# Processors that idled are slow at first, those of virtual machines above all; all programs find them awake.
awake = time.monotonic() + 0.5
children = []
for _ in range(os.cpu_count()):
    children.append(os.fork())
    if children[-1] == 0:
        while time.monotonic() < awake:
            pass
        os._exit(0)
for child in children:
    os.waitpid(child, 0)
with open(sys.argv[1], "wb") as out:
    start = time.monotonic()
    code = subprocess.call(sys.argv[2:], stdout=out, stderr=subprocess.STDOUT)
    print(f"{time.monotonic() - start:.3f}")
if code:
    sys.exit(f"bench: {sys.argv[2:]} ended with {code}; see {sys.argv[1]}")
PYTHON
}
median() { sort -n "$1" | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR+1)/2] : (a[NR/2] + a[NR/2+1]) / 2 }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
has() { case " $parts " in *" $1 "*) true ;; *) false ;; esac; }

say "# $(date -u +%Y-%m-%d), $(nproc) processors, $rounds rounds, $(git -C "$root" rev-parse --short HEAD)"

if has core || has formats || [ -z "$peers" ]; then
    swift build -c release --package-path "$here" --scratch-path "$here/.build" >"$work/build.log" 2>&1 ||
        { tail "$work/build.log" && exit 1; }
    bench=$(swift build -c release --package-path "$here" --scratch-path "$here/.build" --show-bin-path)/forewarn-bench
fi

if has core; then
    say '## core, in one process'
    "$bench" "$rounds" | tee -a "$results"
fi

if has formats; then
    say '## formats, in one process'
    "$bench" formats "$rounds" | tee -a "$results"
fi

if [ -z "$forewarn" ] && { has tickets || has replay || has pack || has live || has latency || has fleet; }; then
    # With its libraries in it, as deploy/install.sh builds it.
    swift build -c release --package-path "$root" --product forewarn --static-swift-stdlib \
        >"$work/build.log" 2>&1 ||
        { tail "$work/build.log" && exit 1; }
    forewarn=$(swift build -c release --package-path "$root" --show-bin-path)/forewarn
fi

if has tickets; then
    say "## lists and reports over $tickets tickets of one store, wall seconds; lists the median of $rounds, reports once"
    service=$work/service-$tickets
    if [ ! -s "$service/state/done" ]; then
        rm -rf "$service"
        "$forewarn" simulate --preset quarter --tickets $((tickets / 2)) --out "$service"
        # So many vehicles in so short a time would be one incident.
        printf 'version: 1\nstorm: off\n' >"$service/service.yaml"
        seconds "$forewarn" ticket import "$service/history.jsonl" --state "$service/state" \
            --rules "$service/rules.yaml" --service "$service/service.yaml" >"$work/t.import"
        say "taken in within $(cat "$work/t.import") s: $(tail -n 1 "$work/out")"
        rm "$service/history.jsonl"
        date -u >"$service/state/done"
    fi
    over() { # $1: what is timed; the rest: the command, without its store
        name=$1 && shift
        rm -f "$work/t.over"
        round=0
        while [ $round -lt "$rounds" ]; do
            seconds "$forewarn" "$@" --state "$service/state" >>"$work/t.over"
            round=$((round + 1))
        done
        say "$name: $(median "$work/t.over") s"
    }
    last=$("$forewarn" ticket ls --all -o json --state "$service/state" | tail -n 1 |
        sed 's/.*"id":"\(T-[0-9]*\)".*"vehicle":"\([^"]*\)".*/\1 \2/')
    ticket=${last% *} vehicle=${last#* }
    over 'ticket ls' ticket ls
    over 'ticket ls --all' ticket ls --all
    over 'ticket ls --all -o wide' ticket ls --all -o wide
    over 'ticket ls --all -o json' ticket ls --all -o json
    over 'ticket ls --all, in Chinese' ticket ls --all --lang zh-Hans
    over 'ticket ls --all --site' ticket ls --all --site Beijing
    over 'ticket ls --all --severity S2' ticket ls --all --severity S2
    over 'ticket ls --all --mode' ticket ls --all --mode battery-aged
    over 'ticket ls --all --vehicle' ticket ls --all --vehicle "$vehicle"
    over 'ticket ls --status' ticket ls --status closed
    over 'ticket ls --breached' ticket ls --all --breached
    over 'ticket next' ticket next "$ticket"
    over 'ticket show' ticket show "$ticket"
    over 'vehicle ls' vehicle ls
    over 'vehicle show' vehicle show "$vehicle"
    over 'tail, the last 50' tail -n 50
    over 'tail of one ticket' tail -n 1000 "ticket=${ticket#T-}"
    # The newest ticket's vehicle may have no part yet; to have none to tell of is a no, and ends with 1.
    fitted=$("$forewarn" trace lot B2610 -o json --state "$service/state" --full | head -n 1 |
        sed 's/.*"vehicle":"\([^"]*\)".*/\1/')
    over 'trace vehicle' trace vehicle "$fitted"
    over 'trace lot' trace lot B2610
    usual=$rounds
    rounds=1
    for report in kpi sla faults staffing parts suppliers training quality feedback quarter; do
        # Half a year, so that every ticket counts; the review has half of them in each quarter.
        over "report $report" report "$report" --data "$service/data" --from 2026-04-01 --to 2026-10-01
    done
    rounds=$usual
fi

if has replay || has pack || has live || has latency || has fleet; then
    file=$work/job-j-$events-$vehicles${peers:+-peers}.jsonl
    if [ ! -s "$file" ]; then
        if [ -n "$peers" ]; then
            python3 "$peers/generate.py" "$events" "$vehicles" "$file"
        else
            "$bench" generate "$events" "$vehicles" "$file"
        fi
    fi
fi

on=''
replay() { # $1: name of the list of times; the rest: rules and further options
    name=$1 && shift
    rm -f "$work"/replay.db*
    # shellcheck disable=SC2086 # a command and its options, or nothing
    seconds $on "$forewarn" replay "$file" --db "$work/replay.db" -o json --rules "$@" >>"$work/t.$name"
    tail -n 1 "$work/out" >"$work/$name.json"
}
replay_alone() { # the same, kept to one processor
    on='taskset -c 0'
    replay "$@"
    on=''
}
msgspec() { seconds python3 "$peers/job_python.py" "$file" "$work/python.db" msgspec >>"$work/t.msgspec"; }
beside() { # $1: a peer; $2: our seconds
    [ -s "$work/t.$1" ] || return 0
    theirs=$(median "$work/t.$1")
    say "$1, job J: $theirs s; forewarn is $(ratio "$theirs" "$2") times as fast"
}
alone() { # $1: our seconds; $2: the list of times on one processor
    alone=$(median "$work/t.$2")
    say "kept to one processor: $alone s, $(ratio "$alone" "$1") times as long"
}

if has replay; then
    say "## replay of job J, $events events of $vehicles vehicles, wall seconds"
    rm -f "$work"/t.*
    round=0
    while [ $round -lt "$rounds" ]; do
        replay forewarn "$root/Samples/job-j/rules.yaml"
        replay_alone alone "$root/Samples/job-j/rules.yaml"
        if [ -n "$peers" ]; then
            msgspec
            seconds python3 "$peers/job_duckdb.py" "$file" "$work/duckdb.db" 2 >>"$work/t.duckdb"
        fi
        round=$((round + 1))
    done
    ours=$(median "$work/t.forewarn")
    say "forewarn: $ours s; $(cat "$work/forewarn.json")"
    alone "$ours" alone
    beside msgspec "$ours"
    beside duckdb "$ours"
fi

if has pack; then
    say "## replay of the same recording under the rule pack that ships, wall seconds"
    rm -f "$work"/t.*
    round=0
    while [ $round -lt "$rounds" ]; do
        replay pack "$root/deploy/rules"
        replay pack2 "$root/deploy/rules" --threads 2
        replay checks "$root/deploy/rules" --rules "$root/Samples/simulated-trends"
        replay checks2 "$root/deploy/rules" --rules "$root/Samples/simulated-trends" --threads 2
        replay_alone pack0 "$root/deploy/rules"
        replay_alone checks0 "$root/deploy/rules" --rules "$root/Samples/simulated-trends"
        [ -z "$peers" ] || msgspec
        round=$((round + 1))
    done
    for name in pack checks; do
        [ $name = pack ] || say 'with all checks of Samples/simulated-trends beside it:'
        ours=$(median "$work/t.$name")
        two=$(median "$work/t.${name}2")
        say "one deciding thread: $ours s; $(cat "$work/$name.json")"
        beside msgspec "$ours"
        say "two deciding threads: $two s, $(ratio "$ours" "$two") times as fast as one; $(cat "$work/${name}2.json")"
        beside msgspec "$two"
        alone "$two" "${name}0"
    done
fi

# A broker of its own for live, latency and fleet.
port=18830
broker() {
    rm -rf "$work/broker" && mkdir -p "$work/broker"
    {
        echo "listener $port 127.0.0.1"
        echo 'allow_anonymous true'
        echo "persistence_location $work/broker/"
        # A publisher that is faster than the daemon must not fill the queue, or messages are dropped.
        sed 's/^max_queued_bytes .*/max_queued_bytes 8589934592/' "$root/deploy/mosquitto/forewarn.conf"
    } >"$work/broker/mosquitto.conf"
    [ "$(id -u)" -ne 0 ] || echo 'user root' >>"$work/broker/mosquitto.conf"
    mosquitto -c "$work/broker/mosquitto.conf" >"$work/broker/log" 2>&1 &
    running="$running $!"
    tries=0
    until mosquitto_pub -p $port -t bench/ready -m 1 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo 'bench: the broker does not start' >&2 && exit 1; }
        sleep 0.1
    done
}
publish() { # $1: messages a second, 0 for as fast as possible; $2: how many; $3: of which file
    [ -x "$work/pub" ] || cc -O2 -o "$work/pub" "$peers/mqtt/pub.c"
    "$work/pub" $port "$1" "$2" 900 1 "${3:-$file}" 2>>"$work/pub.log"
}
daemon() { # $1: rules
    mkdir -p "$work/state"
    cat >"$work/forewarn.yaml" <<YAML
broker:
  url: mqtt://127.0.0.1:$port
  client_id: forewarn-bench
site: bench
subscriptions:
- {topic: "v1/{vehicle}/ev", format: native, list: delta}
rules: [$1]
state: $work/state
YAML
    "$forewarn" run --config "$work/forewarn.yaml" >>"$work/daemon.log" 2>&1 &
    daemon=$!
    running="$running $daemon"
}
stop() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}
forget() { # a session that stays would be sent what is published for the next program too
    mosquitto_sub -p $port -i "$1" -t 'v1/+/ev' -E
}
messages() { # how many messages the daemon has committed
    "$forewarn" db stats --state "$work/state" -o json 2>/dev/null |
        python3 -c 'import json, sys; print(json.loads(sys.stdin.readlines()[-1]).get("messages", 0))' 2>/dev/null ||
        echo 0
}
now() { python3 -c 'import time; print(time.monotonic())'; }
until_messages() { # waits until the daemon has committed $1 messages, and says when; asks cheaply
    python3 - "$work/state" "$1" <<'PYTHON'
import glob, sqlite3, sys, time
wanted = int(sys.argv[2])
store = None
while True:
    try:
        if store is None:
            path = glob.glob(sys.argv[1] + "/*.db")[0]
            store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        row = store.execute("SELECT value FROM fact WHERE name = 'messages'").fetchone()
        if row and int(row[0]) >= wanted:
            print(time.monotonic())
            break
    except (IndexError, sqlite3.OperationalError):
        pass
    time.sleep(0.02)
PYTHON
}

if { has live || has latency || has fleet; } && [ -z "$peers" ]; then
    say 'live, latency and fleet need --peers for the publisher'
    parts=''
fi

if has live; then
    backlog=200000
    say "## live: a backlog of $backlog messages drained, wall seconds"
    broker
    rm -f "$work"/t.*
    round=0
    while [ $round -lt "$rounds" ]; do
        # Each subscriber makes its session, goes away, and comes back to what was kept for it.
        rm -rf "$work/state"
        daemon "$root/Samples/job-j/rules.yaml"
        sleep 2 && stop $daemon
        before=$(messages)
        publish 0 $backlog
        start=$(now)
        daemon "$root/Samples/job-j/rules.yaml"
        echo "$start $(until_messages $((before + backlog)))" | awk '{ print $2 - $1 }' >>"$work/t.forewarn"
        stop $daemon
        forget forewarn-bench

        mosquitto_sub -p $port -q 1 -c -i bench-sub -t 'v1/+/ev' -E
        publish 0 $backlog
        seconds mosquitto_sub -p $port -q 1 -c -i bench-sub -t 'v1/+/ev' -C $backlog >>"$work/t.sub"
        forget bench-sub
        round=$((round + 1))
    done
    ours=$(median "$work/t.forewarn")
    theirs=$(median "$work/t.sub")
    say "forewarn run: $ours s; mosquitto_sub: $theirs s; $(ratio "$theirs" "$ours") of its rate"
    cleanup && running=''
fi

if has latency; then
    rate=5000 count=50000
    say "## latency: publish to visible, $rate messages a second, milliseconds"
    broker
    # The worst case: the first message of each vehicle becomes a finding, at first nearly all that come.
    cat >"$work/first.yaml" <<'YAML'
version: 1
pack: bench
rules:
  - { id: first, mode: first, severity: S4, advice: A4, component: engine, skill: ENG, when: oil_kpa > -1000 }
YAML
    # Ordinary telemetry: in the recording of the peers, one message in twenty becomes a finding.
    cat >"$work/twentieth.yaml" <<'YAML'
version: 1
pack: bench
rules:
  - { id: twentieth, mode: twentieth, severity: S4, advice: A4, component: engine, skill: ENG, when: coolant_c > 94.6 }
YAML
    visible() { # $1: the name of the rules
        rm -rf "$work/state"
        daemon "$work/$1.yaml"
        sleep 2
        python3 "$here/latency.py" "$work/state" "$work/latency-$1.json" \
            "$forewarn" tail -f -o json --state "$work/state" &
        watcher=$!
        running="$running $watcher"
        sleep 1
        publish $rate $count
        sleep 2
        kill -INT $watcher
        wait $watcher || true
        stop $daemon
        forget forewarn-bench
        python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["p99"])' \
            "$work/latency-$1.json" >>"$work/t.$1"
    }
    say "before it, for ten seconds with nothing else to do:"
    python3 "$here/gaps.py" 10 | tee -a "$results"
    round=0
    rm -f "$work"/t.*
    while [ $round -lt "$rounds" ]; do
        visible first
        (cd "$work" && python3 "$peers/mqtt/sub_paho.py" $port $count batch FULL >"$work/paho.txt") &
        paho=$!
        sleep 1
        publish $rate $count
        wait $paho
        sed -n 's/.*p99 \([0-9.]*\).*/\1/p' "$work/paho.txt" >>"$work/t.paho"
        visible twentieth
        round=$((round + 1))
    done
    theirs=$(median "$work/t.paho")
    for mix in first twentieth; do
        ours=$(median "$work/t.$mix")
        say "p99, $mix: forewarn tail $ours ms; paho, to its commit, $theirs ms; $(ratio "$ours" "$theirs") of it"
        say "last round: $(cat "$work/latency-$mix.json")"
    done
    say "last round: $(cat "$work/paho.txt")"
fi
if has fleet; then
    say "## a fleet of $fleet vehicles that each speak once, against as many messages of $vehicles vehicles"
    once=$work/once-$fleet.jsonl
    # The lines of job J, over and over, each with a vehicle of its own.
    [ -s "$once" ] || python3 - "$file" "$once" "$fleet" <<'PYTHON'
import itertools, sys
with open(sys.argv[1]) as lines, open(sys.argv[2], "w", buffering=1 << 20) as out:
    for number, line in enumerate(itertools.islice(itertools.cycle(lines), int(sys.argv[3]))):
        old = line[13:30]
        out.write(line.replace(old, f"LSVFLEET{number:09d}"))
PYTHON
    intake() { # $1: a name; $2: messages; $3: their file. Leaves the state and says how it went
        rm -rf "$work/state"
        broker
        daemon "$root/Samples/job-j/rules.yaml"
        sleep 2
        start=$(now)
        publish 0 "$2" "$3" &
        publisher=$!
        running="$running $publisher"
        took=$(echo "$start $(until_messages "$2")" | awk '{ print $2 - $1 }')
        wait $publisher
        say "$1: $2 messages in $took s, $(ratio "$2" "$took") a second;" \
            "most memory $(awk '/VmHWM/ { printf "%.0f MB", $2 / 1024 }' "/proc/$daemon/status")"
        stop $daemon
        cleanup && running=''
        wait
    }
    known=$((fleet / 5))
    intake "$vehicles vehicles" "$known" "$file"
    usual=$took
    intake "$known vehicles, once each" "$known" "$once"
    say "$(ratio "$usual" "$took") of the rate of $vehicles vehicles"
    say "the store: $(du -m "$work/state" | cut -f 1) MB"
    broker
    python3 - "$work/forewarn.yaml" "$forewarn" "$rounds" <<'PYTHON' | tee -a "$results"
import os, socket, statistics, subprocess, sys, tempfile, time
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "notify")
    link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    link.bind(path)
    link.settimeout(120)
    times = []
    for _ in range(int(sys.argv[3])):
        start = time.monotonic()
        daemon = subprocess.Popen([sys.argv[2], "run", "--config", sys.argv[1]],
                                  env={**os.environ, "NOTIFY_SOCKET": path},
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while b"READY=1" not in link.recv(4096):
            pass
        times.append(time.monotonic() - start)
        daemon.terminate()
        daemon.wait()
    print(f"start with them known, to READY: {statistics.median(times):.2f} s, median of {len(times)}")
PYTHON
    cleanup && running=''
    wait
    intake "$fleet vehicles, once each" "$fleet" "$once"
    say "$(awk -v a="$usual" -v n="$known" -v b="$took" -v m="$fleet" 'BEGIN { printf "%.2f", (m / b) / (n / a) }') of the rate of $vehicles vehicles"
fi
say "kept in $results"
