#!/usr/bin/env python3
"""Measures how long a message takes from being published to its finding being printed.

    latency.py PORT RESULT COMMAND...

COMMAND prints one JSON finding a line, as `forewarn tail -f -o json` does. The publisher puts
"t", its CLOCK_MONOTONIC in nanoseconds, into each payload; a subscriber of its own learns it for
each vehicle and time, and does not stand in the way of the measured one. Ends on SIGINT.
"""
import json
import signal
import subprocess
import sys
import threading
import time

import paho.mqtt.client as mqtt

port, result, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
published = []
printed = []


def on_message(client, _, message):
    published.append(message.payload)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="bench-times")
client.on_message = on_message
client.on_connect = lambda client, *rest: client.subscribe("v1/+/ev", 0)
client.connect("127.0.0.1", port)
client.loop_start()

tail = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)


def read():
    # The clock is read before anything is done with the line; lines are taken apart at the end.
    for line in tail.stdout:
        printed.append((time.monotonic_ns(), line))


reader = threading.Thread(target=read, daemon=True)
reader.start()

ended = threading.Event()
signal.signal(signal.SIGINT, lambda *_: ended.set())
while not ended.wait(0.2):
    pass
tail.terminate()
reader.join(5)
client.loop_stop()

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
