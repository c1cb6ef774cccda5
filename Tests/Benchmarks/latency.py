#!/usr/bin/env python3
"""Measures how long a message takes from being published to its finding being printed.

    latency.py PORT RESULT COMMAND...

COMMAND prints one JSON finding a line, as `forewarn tail -f -o json` does. The publisher puts
"t", its CLOCK_MONOTONIC in nanoseconds, into each payload; a subscriber beside this program keeps
what was published, so that nothing here stands between a printed line and the clock: threads of one
Python wait for each other for up to 5 ms. Ends on SIGINT.
"""
import json
import signal
import subprocess
import sys
import tempfile
import time

port, result, command = sys.argv[1], sys.argv[2], sys.argv[3:]
printed = []
signal.signal(signal.SIGINT, lambda *_: tail.terminate())

published = tempfile.TemporaryFile()
subscriber = subprocess.Popen(
    ["mosquitto_sub", "-p", port, "-i", "bench-times", "-q", "0", "-t", "v1/+/ev"],
    stdout=published,
    start_new_session=True,
)
tail = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
for line in tail.stdout:
    # The clock is read before anything is done with the line; lines are taken apart at the end.
    printed.append((time.monotonic_ns(), line))
tail.wait()
subscriber.terminate()
subscriber.wait()
published.seek(0)

times = {}
for payload in published:
    event = json.loads(payload)
    times[(event["vin"].upper(), event["ts"])] = event["t"]
waits = []
for at, line in printed:
    finding = json.loads(line)
    sent = times.get((finding.get("vehicle"), finding.get("at")))
    if sent is not None:
        waits.append((at - sent) / 1e6)
waits.sort()
if not waits:
    sys.exit("latency: no printed finding matches a published message")
with open(result, "w") as out:
    json.dump(
        {
            "findings": len(waits),
            "p50": round(waits[len(waits) // 2], 3),
            "p99": round(waits[len(waits) * 99 // 100], 3),
            "max": round(waits[-1], 3),
        },
        out,
    )
