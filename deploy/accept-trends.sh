#!/bin/sh
# Shows what the promise about false tickets is worth: statistical checks on simulated fleets of which
# everything is known, one row a fleet and one for all seeds of a preset.
# Usage: deploy/accept-trends.sh [VEHICLES [DAYS [SEED...]]]
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
for preset in easy normal hard shock null nuisance; do
    limits=$rules/limits/$preset.yaml
    [ -e "$limits" ] || limits=$rules/limits/normal.yaml
    : >"$work/scores"
    for seed; do
        "$forewarn" simulate --quiet --preset $preset --vehicles "$vehicles" --days "$days" \
            --seed "$seed" --out "$work" >/dev/null 2>&1
        "$forewarn" replay "$work/stream.jsonl" --rules $rules/trends.yaml --rules "$limits" \
            --db "$work/tickets.db" >/dev/null 2>&1
        "$forewarn" evaluate "$work/truth.jsonl" "$work/tickets.db" -o json |
            python3 -c "import json, sys; print(json.dumps([sys.argv[1], json.load(sys.stdin)['tickets']]))" \
                "$seed" >>"$work/scores"
        rm -f "$work/tickets.db"*
    done
    python3 - $preset "$work/scores" <<'PY'
import json, sys

def row(preset, seed, score):
    def share(part, whole): return '%.1f %%' % (100 * part / whole) if whole else '–'
    lead = score.get('lead_days_median')
    held, missed = score['intervals_right'], score['intervals_wrong']
    print('| %s | %s | %d | %d | %d | %s | %s | %s | %s | %d of %d |' % (
        preset, seed, score['right'], score['late'], score['false'],
        share(score['false'], score['right'] + score['false']),
        share(score['found'], score['failures']), share(score['visible_found'], score['visible']),
        '–' if lead is None else '%.1f d' % lead, held, held + missed))

scores = [json.loads(line) for line in open(sys.argv[2])]
for seed, score in scores: row(sys.argv[1], seed, score)
if len(scores) > 1:
    whole = {key: sum(score[key] for _, score in scores) for key in (
        'right', 'late', 'false', 'found', 'failures', 'visible_found', 'visible',
        'intervals_right', 'intervals_wrong')}
    row(sys.argv[1], 'all', whole)
PY
done
