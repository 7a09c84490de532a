#!/usr/bin/env bash
# Writes every file in results/ again: make results DATA=FOLDER
# FOLDER holds, each as its publisher names it: convex_hull_5_test_first1000.txt,
# tsp_5_test_first1000.txt, tsp_10_test_exact_first1000.txt, tsp50_concorde_1280.txt, and
# TSPLIB's berlin52, eil51, st70, kroA100 (.tsp, and .opt.tour or solutions.txt beside them).
# Text is found where `ptrnet fetch g014b2b`, `multi30k` and `scan` put it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ptrnet="$here/../.venv/bin/ptrnet"
cd "${1:?usage: experiments/make_results.sh FOLDER}"
rm -rf results && mkdir results

generated() { # TASK SIZE COUNT
    "$ptrnet" data "$1" --size "$2" --count "$3" --seed 20261 --out "$1_$2.npz"
    "$ptrnet" evaluate "$1" --data "$1_$2.npz" --json "results/$1_$2.json"
}

for size in 5 10 20 50 100; do generated convex_hull $size 2000; done
for size in 10 30; do generated sorting $size 10000; done
generated tsp 20 2000
"$ptrnet" evaluate convex_hull --data convex_hull_5_test_first1000.txt --json "results/convex_hull_5_official.json"
"$ptrnet" evaluate tsp --data tsp_5_test_first1000.txt --json "results/tsp_5_official.json"
"$ptrnet" evaluate tsp --data tsp_10_test_exact_first1000.txt --json "results/tsp_10_official.json"
mkdir results/fine_tuning
for name in tsp50_supervised tsp50_pomo tsp50; do
    for search in greedy beam:16 multistart/greedy; do
        "$ptrnet" evaluate tsp --data tsp50_concorde_1280.txt --checkpoint $name --search $search \
            --json "results/fine_tuning/${name}_${search//[:\/]/_}.json"
    done
done
for name in tsp20_pomo tsp20_reinforce; do
    "$ptrnet" evaluate tsp --data tsp_20.npz --checkpoint $name --json "results/${name/tsp20/tsp_20}.json"
done
mkdir results/decoding
for search in greedy sample:128,temperature=0.7 stochastic_beam:16 beam:4 beam:16 beam:64 \
    simulation_guided:4 multistart/greedy augment:8/greedy augment:8/multistart/greedy \
    active_search:20 efficient_active_search:10 efficient_active_search:50; do
    "$ptrnet" evaluate tsp --data tsp50_concorde_1280.txt --search $search --limit 50 --threads 1 \
        --json "results/decoding/${search//[:\/,=]/_}.json"
done
mkdir results/text
for name in g2p g2p_recurrent g2p_transformer; do
    "$ptrnet" evaluate text --checkpoint $name --data g014b2b:test --json "results/text/$name.json"
    "$ptrnet" evaluate text --checkpoint $name --data g014b2b:test --search beam:5 --json "results/text/${name}_beam5.json"
done
"$ptrnet" evaluate text --checkpoint g2p_recurrent+g2p_transformer --data g014b2b:test --json results/text/g2p_ensemble.json
for name in translation translation_unattended; do
    "$ptrnet" evaluate text --checkpoint $name --data multi30k:test --by-length 10,15,20,25 \
        --plot "results/text/$name.png" --json "results/text/$name.json"
done
"$ptrnet" evaluate text --checkpoint translation --data multi30k:test --search beam:5,length_penalty=1 \
    --json results/text/translation_beam5.json
"$ptrnet" evaluate text --checkpoint scan --data scan-simple:test --json results/text/scan_simple.json
"$ptrnet" evaluate text --checkpoint scan_length --data scan-length:test --by-length 4,6,8 --json results/text/scan_length.json
pictures() { # PROBLEM SIZE
    "$ptrnet" data image_text --option problem=$1 --size $2 --count 1000 --seed 20261 --distribution test --out "$1_$2.npz"
    "$ptrnet" evaluate image_text --checkpoint $1 --data "$1_$2.npz" --json "results/text/$1_$2.json"
}
pictures digits 8
pictures captions 4
"$ptrnet" attention tsp tsp_20.npz --out results/tsp20_order.png
"$ptrnet" attention tsp tsp_20.npz --out results/tsp20_order.gif
"$ptrnet" attention image_text digits_8.npz --checkpoint digits --out results/text/digits_attention.png
"$ptrnet" attention text --checkpoint translation --text "Ein kleiner Hund läuft über eine grüne Wiese." --out results/text/attention.png
"$ptrnet" attention text --checkpoint translation --text "Ein kleiner Hund läuft über eine grüne Wiese." --out results/text/attention.gif
mkdir results/diagnosis
"$ptrnet" diagnose search text --checkpoint g2p --data g014b2b:test --limit 4000 --json results/diagnosis/search_g2p.json --plot results/diagnosis/search_g2p.png
"$ptrnet" diagnose search tsp --data tsp_20.npz --limit 200 --by-probability --json results/diagnosis/search_tsp20.json --plot results/diagnosis/search_tsp20.png
"$ptrnet" diagnose exposure text --checkpoint g2p --data g014b2b:test --limit 4000 --json results/diagnosis/exposure_g2p.json --plot results/diagnosis/exposure_g2p.png
for name in berlin52 eil51 st70 kroA100; do
    "$ptrnet" solve tsp $name.tsp --plot "results/$name.png" --json "results/$name.json"
done
"$ptrnet" bench --data berlin52.tsp --data eil51.tsp --data st70.tsp --data kroA100.tsp --output results/bench
cp -r results/. "$here/../results"
"$here/../.venv/bin/python" "$here/fill_pages.py"
