#!/bin/bash
cd /tmp/scratch/fz
nice swift build -c release --sanitize fuzzer -j 2 > b.log 2>&1 || { echo failed >> b.log; exit 1; }
mkdir -p seeds corpus found
FUZZ_SEEDS=seeds .build/release/forewarn-fuzz > names.txt
nice .build/release/forewarn-fuzz -max_total_time=720 -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -dict=dictionary.txt -artifact_prefix=found/ corpus seeds > fuzz.log 2>&1
echo "rc $?" >> fuzz.log
