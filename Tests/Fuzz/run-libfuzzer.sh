#!/bin/sh
# Coverage-guided fuzzing of the model readers, planner and interpreter with libFuzzer and
# AddressSanitizer.
#
#   Tests/Fuzz/run-libfuzzer.sh [SECONDS] [CORPUS-FOLDER...]
#
# New inputs are collected in Tests/Fuzz/.build/corpus; what fails is kept in Tests/FailCases/tflite,
# where the plain tests replay it.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -gt 0 ] && shift
scratch=.build/libfuzzer
mkdir -p .build/corpus ../FailCases/tflite

# Without a main function of its own, the target is built as a static library and linked here.
swift build -c release --scratch-path "$scratch" --product LibFuzzerTarget \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library \
  -Xcc -fsanitize=address,fuzzer-no-link
# Sanitizer libraries want the whole archives: nothing in them is referred to from libFuzzer's main
# but the one entry.
swiftc -O -sanitize=fuzzer,address -o "$scratch/fuzz-tflite" \
  -Xlinker --whole-archive "$scratch/release/libLibFuzzerTarget.a" -Xlinker --no-whole-archive -lcrypto

# Good models to start from: the suites' own, and whatever else was named.
for folder in ../../suites "$@"; do
  find "$folder" -name '*.tflite' -size -64k -exec cp -n {} .build/corpus/ \;
done
# Leaks are not looked for: Swift's lazy globals look like some.
SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 exec "$scratch/fuzz-tflite" .build/corpus \
  -max_total_time="$seconds" -max_len=65536 -timeout=8 -rss_limit_mb=3072 -detect_leaks=0 \
  -artifact_prefix=../FailCases/tflite/libfuzzer- -print_final_stats=1
