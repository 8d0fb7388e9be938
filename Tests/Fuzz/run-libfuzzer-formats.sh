#!/bin/sh
# Coverage-guided fuzzing of the readers of ExecuTorch programs and ONNX models, and of the kernels behind
# them, with libFuzzer and AddressSanitizer.
#
#   Tests/Fuzz/run-libfuzzer-formats.sh [SECONDS]
#
# Needs fuzz-models (release), which hands out the single operators to start from. New inputs are collected
# in Tests/Fuzz/.build/corpus-formats; what fails is kept in Tests/FailCases/formats, where the plain tests
# replay it.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
scratch=.build/libfuzzer
corpus=.build/corpus-formats
mkdir -p "$corpus" ../FailCases/formats

swift build -c release --scratch-path "$scratch" --product LibFuzzerFormats \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library \
  -Xcc -fsanitize=address,fuzzer-no-link
swiftc -O -sanitize=fuzzer,address -o "$scratch/fuzz-formats" \
  -Xlinker --whole-archive "$scratch/release/libLibFuzzerFormats.a" -Xlinker --no-whole-archive \
  -lcrypto -lzip

for format in pte onnx; do
  .build/release/fuzz-models --format $format --seeds "$corpus"
done
SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 exec "$scratch/fuzz-formats" "$corpus" \
  -max_total_time="$seconds" -max_len=65536 -timeout=8 -rss_limit_mb=3072 -detect_leaks=0 \
  -artifact_prefix=../FailCases/formats/libfuzzer- -print_final_stats=1
