#!/usr/bin/env python3
"""Says how often and for how long the machine's processors are away, as those of a shared one are.

    gaps.py SECONDS

One process a processor does nothing but read the clock; what lies between two looks and takes more
than a millisecond is a gap. No program's slowest hundredth of waits can be shorter than these allow.
"""
import os
import sys
import time

seconds = float(sys.argv[1])
processors = sorted(os.sched_getaffinity(0))


def watch(processor):
    os.sched_setaffinity(0, {processor})
    start = last = time.monotonic_ns()
    gaps = []
    while last - start < seconds * 1e9:
        now = time.monotonic_ns()
        if now - last > 1_000_000:
            gaps.append((now - last) / 1e6)
        last = now
    return gaps


children = []
for processor in processors:
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, " ".join(f"{gap:.3f}" for gap in watch(processor)).encode()[:60000])
        os._exit(0)
    os.close(write)
    children.append(read)
for processor, read in zip(processors, children):
    with os.fdopen(read) as lines:
        gaps = [float(gap) for gap in lines.read().split()]
    print(
        f"processor {processor}: away {len(gaps)} times for more than 1 ms, {sum(gaps):.0f} ms of"
        f" {seconds * 1000:.0f}, {max(gaps, default=0):.1f} ms at most"
    )
