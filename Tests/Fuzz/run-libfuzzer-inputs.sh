#!/bin/sh
# Coverage-guided fuzzing of the readers of recordings, YAML and JSON with libFuzzer and
# AddressSanitizer.
#
#   Tests/Fuzz/run-libfuzzer-inputs.sh [SECONDS]
#
# The first byte of an input chooses the reader: 0 a recording, 1 YAML, 2 JSON. New inputs are
# collected in Tests/Fuzz/.build/corpus-inputs; what fails is kept in Tests/FailCases/inputs, where
# the plain tests replay it.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
scratch=.build/libfuzzer
corpus=.build/corpus-inputs
mkdir -p "$corpus" ../FailCases/inputs

swift build -c release --scratch-path "$scratch" --product LibFuzzerInputs \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library \
  -Xcc -fsanitize=address,fuzzer-no-link
swiftc -O -sanitize=fuzzer,address -o "$scratch/fuzz-inputs" \
  -Xlinker --whole-archive "$scratch/release/libLibFuzzerInputs.a" -Xlinker --no-whole-archive \
  -lcrypto -lzip -lyaml

# Good inputs to start from, each behind the byte of its reader.
seed() { { printf "$1"; cat "$2"; } >"$corpus/seed-$(basename "$2")"; }
for file in ../Goldens/recordings/*.npz; do seed '\000' "$file"; done
for file in ../../baselines/*/*.yaml; do seed '\001' "$file"; done
printf '\002{"a":[1,-2.5e3,"\\u00e9\\ud83d\\ude00",null,true],"b":{}}' >"$corpus/seed-json"
SWIFT_BACKTRACE=enable=no exec "$scratch/fuzz-inputs" "$corpus" \
  -max_total_time="$seconds" -max_len=4096 -timeout=8 -rss_limit_mb=3072 \
  -artifact_prefix=../FailCases/inputs/libfuzzer- -print_final_stats=1
