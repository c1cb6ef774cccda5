#!/bin/sh
# Shows what the promise about false tickets is worth: statistical checks on simulated fleets of which
# everything is known, one row a fleet. Usage: deploy/accept-trends.sh [VEHICLES [DAYS [SEED...]]]
set -eu
vehicles=${1:-1000}
days=${2:-180}
if [ $# -gt 2 ]; then shift 2; else set -- 1; fi
forewarn=${FOREWARN:-.build/release/forewarn}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rules=Samples/simulated-trends
echo "| fleet | seed | right | late | false | false share | recall | seen from onset | lead, median | intervals held |"
echo "|---|---|---|---|---|---|---|---|---|---|"
for seed; do
    for preset in easy normal hard null nuisance; do
        limits=$rules/limits/$preset.yaml
        [ -e "$limits" ] || limits=$rules/limits/normal.yaml
        "$forewarn" simulate --quiet --preset $preset --vehicles "$vehicles" --days "$days" \
            --seed "$seed" --out "$work" 2>/dev/null
        "$forewarn" replay "$work/stream.jsonl" --rules $rules/trends.yaml --rules "$limits" \
            --db "$work/tickets.db" >/dev/null 2>&1
        "$forewarn" evaluate "$work/truth.jsonl" "$work/tickets.db" -o json | python3 -c "
import json, sys
score = json.load(sys.stdin)['tickets']
share = lambda x: '–' if x is None else '%.1f %%' % (100 * x)
lead = score.get('lead_days_median')
held = score['intervals_right']
print('| $preset | $seed | %d | %d | %d | %s | %s | %s | %s | %d of %d |' % (
    score['right'], score['late'], score['false'], share(score.get('false_share')),
    share(score.get('recall')), share(score.get('visible_recall')),
    '–' if lead is None else '%.1f d' % lead, held, held + score['intervals_wrong']))"
        rm -f "$work/tickets.db"
    done
done
