#!/usr/bin/env python3
"""Measures how long a message takes from being published to its finding being printed.

    latency.py STATE RESULT COMMAND...

COMMAND prints one JSON finding a line, as `forewarn tail -f -o json` does. The publisher puts
"t", its CLOCK_MONOTONIC in nanoseconds, into each payload, and the daemon's journal, whose folder is
STATE, keeps the payloads: they are read at the end, so that no further subscriber takes the broker's
time. Ends on SIGINT.
"""
import glob
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time

state, result, command = sys.argv[1], sys.argv[2], sys.argv[3:]
printed = []
signal.signal(signal.SIGINT, lambda *_: tail.terminate())

tail = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
for line in tail.stdout:
    # The clock is read before anything is done with the line; lines are taken apart at the end.
    printed.append((time.monotonic_ns(), line))
tail.wait()

times = {}
payload = re.compile(rb'\{"t":(\d+),[^{}]*?"vin":"([^"]*)"[^{}]*?"ts":"([^"]*)"')
store = sqlite3.connect(f"file:{glob.glob(state + '/*.db')[0]}?mode=ro", uri=True)
for (body,) in store.execute("SELECT body FROM journal"):
    for sent, vin, at in payload.findall(body or b""):
        times[(vin.decode().upper(), at.decode())] = int(sent)
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
