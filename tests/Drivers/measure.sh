#!/usr/bin/env bash
# Programs of one transaction, compiled ahead of time, one for each driver that could have been chosen: size, processor time and time of a whole
# run, memory. Needs gcc and etcd. In turn, so that what else the machine does is the same for all; medians of so many rounds (40).
set -euo pipefail
cd "$(dirname "$0")"
rounds=${1:-40}
work=$(mktemp -d)
trap 'kill "${etcd:-}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

gcc -O1 -static -o "$work/run" run.c
for driver in grpc dotnet-etcd microsoft-data-sqlite sqlitepclraw; do
    dotnet publish $driver -c Release --nologo -v q -o "$work/$driver" | tee "$work/log"
    if grep -q 'warning IL' "$work/log"; then exit 1; fi
done

url=http://127.90.90.90:2379 peers=http://127.90.90.90:2380
etcd --data-dir "$work/etcd" --listen-client-urls $url --advertise-client-urls $url --listen-peer-urls $peers --initial-advertise-peer-urls $peers \
    --initial-cluster default=$peers --logger zap --log-outputs stdout >"$work/etcd.log" &
etcd=$!
(tail -f --pid=$etcd "$work/etcd.log" &) | grep -q -m 1 'serving client traffic'

for ((round = 0; round <= rounds; round++)); do
    for driver in grpc dotnet-etcd; do "$work/run" "$work/$driver/measured-$driver" $url; done | paste -sd ' '
    for driver in microsoft-data-sqlite sqlitepclraw; do "$work/run" "$work/$driver/measured-$driver" "$work/$driver.db"; done | paste -sd ' '
done | paste -d ' ' - - | tail -n +2 >"$work/figures"   # the first round fills caches

median() { cut -d ' ' -f "$1" "$work/figures" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
echo '| driver | size, MB | processor, ms | time, ms | memory, MiB |'
echo '| --- | ---: | ---: | ---: | ---: |'
column=1
for driver in grpc dotnet-etcd microsoft-data-sqlite sqlitepclraw; do
    printf '| %s | %.2f | %.1f | %.1f | %.1f |\n' $driver "$(stat -c %s "$work/$driver/measured-$driver" | awk '{ print $1 / 1e6 }')" \
        "$(median $((column + 1)))" "$(median $((column + 2)))" "$(median $((column + 3)))"
    column=$((column + 4))
done
