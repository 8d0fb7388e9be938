internal import AssayDocument

/// The rehearsals every device must survive with a cut at each of its flash operations.
///
/// Written in the scenario language; `suites/ota` says the same and more, with exact state chains.
/// They are part of the program so that `assay ota explore` and `mutants` need no files.
enum BuiltInRehearsals {
  /// Nil never: the text below is checked by a test. (An error would be reported as "no rehearsals".)
  static let scenarios: [Scenario] = (try? ScenarioReader.read(Array(text.utf8), file: "built-in")) ?? []

  static let text = """
    ota: 1
    tables:
      - table: what must go well
        rows:
          - {name: update, row: P01}
          - {name: same-image-again, row: V01, assign: [new, new]}
          - {name: already-running, row: V01, assign: [old]}
          - {name: three-updates, row: P12, assign: [new, other, new version 4.0.0]}
          - {name: ordered-rollback, row: V02, assign: [new, old rollback, other version 1.5.0], ends: [succeeded, succeeded, "refused:downgrade"]}
          - {name: later-downgrade, row: V02, assign: [new, old], ends: [succeeded, "refused:downgrade"]}
          - {name: exact-fit, row: C04, image: slot}
          - {name: slow-poll, row: T03, assign: [new, other], events: [poll 1 every 49710 d]}
          - {name: sequence-wraps, row: V07, device: {sequence: 4294967292}, linger: 2 h}
          - {name: sequence-near-half, row: V07, device: {sequence: 2147483643}, linger: 2 h}
          - {name: sequence-at-half, row: V07, device: {sequence: 2147483644}, linger: 2 h}
          - {name: sequence-past-half, row: V07, device: {sequence: 2147483646}, linger: 2 h}
          - {name: sequence-half-way, row: V07, device: {sequence: 2147483645}, linger: 2 h}
          - {name: rollback-to-rot, row: P07, events: [poll 3 assign old rollback], device: {scrub: 30 min}, flash: [slot 0 sector 1 rot at 30 min], linger: 4 h}
          - {name: said-again, row: N09, faults: [poll 2-5 replay], linger: 8 h}
          - {name: eager-poll, row: T03, events: [poll 1 every 0 s], linger: 1 h}
      - table: network
        rows:
          - {name: cuts, row: N01, faults: [artifact 1-4 cut 5000]}
          - {name: whole-file, row: N02, faults: [artifact 1 cut 9000, artifact 2 ignore-range, artifact 2 chunked]}
          - {name: splice, row: N03, faults: [artifact 1 cut 9000, artifact 2 splice]}
          - {name: replaced, row: N03, faults: [artifact 1 cut 9000, artifact 2 replace]}
          - {name: replaced-and-cut, row: N03, faults: [artifact 1 replace, artifact 1 cut 9000, artifact 2 cut 9000]}
          - {name: wrong-range, row: N02, faults: [artifact 1 cut 9000, artifact 2 chunked, artifact 2 wrong-range]}
          - {name: wrong-total, row: N02, faults: [artifact 1 cut 9000, artifact 2 wrong-total]}
          - {name: wrong-length, row: N14, faults: [artifact 1 wrong-length -9]}
          - {name: trickle, row: N05, faults: [artifact 1 throttle 100]}
          - {name: other-host, row: N13, assign: [new other-host]}
          - {name: glitched-digest, row: M07, glitch: [digest 1], faults: [artifact 1- wrong-bytes], ends: ["failed:digest"]}
          - {name: glitched-self-test, row: M07, glitch: [output 1], self-test: output, ends: ["failed:self-test-output"]}
          - {name: newer-records, row: V08, flash: [newer-records at 4 h], linger: 12 h}
          - {name: long-portal, row: N11, faults: [artifact 1-4 captive-portal]}
          - {name: flood, row: S08, faults: [poll 1 flood 10000000]}
          - {name: long-retry-after, row: S02, faults: [poll 1 status 503 retry 30 d]}
          - {name: missing-once, row: S01, faults: [artifact 1 cut 9000, artifact 2 status 404]}
          - {name: stall, row: N05, faults: [artifact 1 stall 50 %]}
          - {name: resets, row: N08, faults: [artifact 1-60 reset], within: 72 h}
          - {name: replay, row: N09, assign: [new, old rollback], faults: [poll 4-9 replay], linger: 10 h}
          - {name: portal, row: N11, faults: [poll 1 captive-portal, artifact 1-2 captive-portal]}
          - {name: endless-body, row: M03, faults: [artifact 1- chunked, artifact 1- extra-bytes 200000]}
          - {name: redirect, row: N13, faults: [artifact 1-4 redirect https://cdn.example/m]}
          - {name: insecure-redirect, row: N13, faults: [artifact 1-2 redirect http://cdn.example/m]}
          - {name: redirect-loop, row: N13, faults: [artifact 1-60 redirect-loop https://cdn.example/m], within: 72 h}
          - {name: overloaded, row: S02, faults: [poll 1-2 status 503 retry 120 s, artifact 1 status 503 retry 10 min]}
          - {name: forbidden-for-a-while, row: A04, faults: [artifact 1-4 status 403]}
          - {name: wrong-bytes, row: M01, faults: [artifact 1 wrong-bytes]}
          - {name: always-wrong-bytes, row: C02, faults: [artifact 1- wrong-bytes], ends: ["failed:digest"]}
          - {name: always-too-short, row: N14, faults: [artifact 1- missing-bytes 7], ends: ["failed:length"]}
          - {name: gone, row: S01, faults: [artifact 1- status 410], ends: ["failed:unavailable"]}
          - {name: range-refused, row: N02, faults: [artifact 1 cut 9000, artifact 2- status 416], ends: ["failed:length"]}
          - {name: always-wrong-length, row: N14, faults: [artifact 1- wrong-length -9], ends: ["failed:length"]}
          - {name: long-wait-for-image, row: S02, faults: [artifact 1 status 503 retry 3 h]}
          - {name: missing, row: S01, faults: [artifact 1- status 404], ends: ["failed:unavailable"]}
      - table: manifests
        rows:
          - {name: tampered, row: M01, faults: [poll 1-2 tamper version 9.9.9]}
          - {name: tampered-later, row: M02, faults: [artifact 1 reset, poll 2 tamper version 9.9.9]}
          - {name: tampered-number, row: M02, faults: [poll 1 tamper assignment 9]}
          - {name: tampered-fields, row: M02, faults: [poll 1 tamper model other, poll 2 tamper format pte, poll 3 tamper runtime 1.0.0, poll 4 tamper contract io-2, poll 5 tamper arena 1, poll 6 tamper deadline 61, poll 7 tamper expiry 9, poll 8 tamper order rollback, poll 9 tamper window any, poll 10 tamper size 65536, poll 11 tamper sha256 evil, poll 12 tamper target esp32, poll 13 tamper signature none]}
          - {name: near-digest, row: C02, assign: [new near-digest], ends: ["failed:digest"]}
          - {name: lower-after-failure, row: V02, assign: [new, other version 1.5.0], self-test: output, ends: ["failed:self-test-output", succeeded]}
          - {name: unsigned, row: A07, assign: [new unsigned], within: 4 h, ends: [open], serves: old}
          - {name: expired, row: T02, assign: [new expired], within: 4 h, ends: [open], serves: old}
          - {name: expired-no-date, row: T01, assign: [new expired], device: {clock: unknown}, within: 4 h, ends: [open], serves: old}
          - {name: other-key, row: A07, assign: [new key somebody], within: 4 h, ends: [open], serves: old}
          - {name: wrong-head, row: C01, image: 20001, assign: [new format pte], ends: ["failed:format"]}
          - {name: no-date, row: T01, device: {clock: unknown}, within: 4 h, ends: [open], serves: old}
          - {name: downgrade, row: V02, assign: [new version 0.9.0], ends: ["refused:downgrade"]}
          - {name: too-large, row: C04, image: slot +1, ends: ["refused:size"]}
          - {name: empty, row: C09, assign: [new size 0], ends: ["refused:size"]}
          - {name: other-target, row: C03, assign: [new target esp32], ends: ["refused:target"]}
          - {name: other-format, row: C03, assign: [new format onnx], ends: ["refused:format"]}
          - {name: other-contract, row: C10, assign: [new contract io-2], ends: ["refused:contract"]}
          - {name: too-much-arena, row: C05, assign: [new arena 262145], ends: ["refused:arena"]}
          - {name: newer-firmware, row: V05, assign: [new runtime 9.0.0], within: 4 h, ends: [open], serves: old}
          - {name: low-battery, row: P17, device: {battery: 3000}, within: 4 h, ends: [open], serves: old}
          - {name: weak-battery, row: P17, device: {battery: 3299}, within: 4 h, ends: [open], serves: old}
          - {name: enough-battery, row: P17, device: {battery: 3300}}
          - {name: battery-falls, row: P17, faults: [artifact 1 status 503 retry 30 min], flash: [battery 3000 at 10 min, battery 3900 at 3 h]}
          - {name: closed-window, row: S14, assign: [new window 2-3], within: 24 h}
          - {name: window-closes, row: S14, assign: [new window 8-8], faults: [artifact 1 status 503 retry 90 min]}
          - {name: cancelled, row: S11, faults: [artifact 1 cut 9000], events: [poll 2 cancel], ends: [cancelled]}
          - {name: there-and-back, row: S12, faults: [artifact 1-2 cut 9000], events: [poll 2 assign other, poll 3 assign new], ends: [open]}
      - table: trials
        rows:
          - {name: wrong-output, row: C06, self-test: output, ends: ["failed:self-test-output"], serves: old}
          - {name: real-arena, row: C05, self-test: arena, ends: ["failed:self-test-arena"], serves: old}
          - {name: too-slow, row: C07, self-test: latency, ends: ["failed:self-test-latency"], serves: old}
          - {name: past-deadline, row: T05, self-test: slow, ends: ["failed:deadline"], serves: old}
          - {name: crash, row: P06, self-test: crash, ends: ["failed:trial-interrupted"], serves: old}
          - {name: bad-again, row: P06, assign: [new, new], self-test: output, ends: ["failed:self-test-output", "refused:quarantined"], serves: old}
          - {name: at-its-limits, row: C05, self-test: tight}
          - {name: bad-under-new-name, row: P06, assign: [new, new version 2.0.1], self-test: output, ends: ["failed:self-test-output", "refused:quarantined"], serves: old}
          - {name: slow-after-failure, row: T05, faults: [artifact 1 wrong-bytes], self-test: slow, ends: ["failed:deadline"], serves: old}
          - {name: bad-ordered-back, row: P06, assign: [new, new rollback], self-test: output, ends: ["failed:self-test-output", "refused:quarantined"], serves: old}
          - {name: eighth-failure, row: P06, device: {failed-before: 7}, self-test: output, ends: ["failed:self-test-output"], serves: old}
          - {name: bad-good-bad, row: P06, assign: [new, other, new version 4.0.0], self-test: output, ends: ["failed:self-test-output", succeeded, "refused:quarantined"], serves: other}
          - {name: bad-then-rot, row: P10, self-test: output, device: {scrub: 30 min}, flash: [slot 0 sector 1 rot at 4 h], linger: 6 h, ends: ["failed:self-test-output"], serves: nothing}
      - table: reports and damage
        rows:
          - {name: reports-lost, row: R01, faults: [report 1-4 timeout]}
          - {name: acknowledgements-lost, row: R06, faults: [report 1-3 lose]}
          - {name: restart-before-report, row: R01, faults: [report 1-4 timeout], flash: [restart at 4 min]}
          - {name: long-outage, row: N06, faults: [poll 1-24 refused], within: 72 h}
          - {name: poll-fails-again, row: S02, faults: [poll 2-7 refused, poll 9 refused, poll 11 status 503 retry 20 s], linger: 8 h}
          - {name: report-fails-again, row: R01, assign: [new, other], faults: [report 1-6 refused, report 8 refused]}
          - {name: image-fails-again, row: N01, faults: [artifact 1-6 refused, artifact 7 cut 9000, artifact 8 cut 9000]}
          - {name: next-image-fails, row: N01, assign: [new, other], faults: [artifact 1-6 refused, artifact 8 refused]}
          - {name: other-poll-interval, row: T03, assign: [new, other], events: [poll 2 every 10 h], linger: 24 h}
          - {name: unreadable-manifests, row: S07, faults: [poll 1-4 body 00], linger: 3 h}
          - {name: reports-refused, row: R01, faults: [report 1-3 status 503]}
          - {name: busy-reports, row: S02, faults: [report 1-2 status 429 retry 5 min], flash: [slot 1 sector 4 silent-program], ends: ["failed:digest"]}
          - {name: full-queue, row: R01, faults: [report 1-40 refused], events: [poll 3 assign other, poll 4 assign new version 4.0.0, poll 5 assign other version 5.0.0, poll 6 assign new version 6.0.0, poll 7 assign other version 7.0.0, poll 8 assign new version 8.0.0, poll 9 assign other version 9.0.0], linger: 30 h, within: 96 h}
          - {name: late-report, row: V04, faults: [report 1- status 410], ends: [cancelled], linger: 3 h}
          - {name: unknown-report, row: V04, faults: [report 1- status 400], ends: [cancelled], linger: 3 h}
          - {name: forgotten, row: P14, flash: [slot 1 sector 2 program-error at 4 h, erase-records at 4 h, restart at 4 h], linger: 12 h}
          - {name: forgotten-floor, row: V02, assign: [new version 0.9.0], flash: [erase-records], ends: ["refused:downgrade"]}
          - {name: damaged-candidate, row: P09, device: {candidate: damaged}}
          - {name: rot, row: P10, device: {scrub: 30 min}, flash: [slot 1 sector 1 rot at 4 h], linger: 8 h}
          - {name: rot-at-the-end, row: P10, device: {scrub: 30 min}, flash: [slot 1 sector 4 rot at 4 h], linger: 8 h}
          - {name: rot-at-boot, row: P10, flash: [slot 1 sector 1 rot at 4 h, restart at 4 h], linger: 8 h}
          - {name: rot-everywhere, row: S04, device: {scrub: 30 min}, flash: [slot 0 sector 1 rot at 4 h, slot 1 sector 1 rot at 4 h], linger: 8 h}
          - {name: record-rot, row: P14, faults: [artifact 1 cut 15813, poll 2 tamper size 65536], flash: [record 1 rot at 30 min]}
          - {name: nothing-left, row: P14, flash: [slot 0 sector 1 rot at 4 h, slot 1 sector 1 rot at 4 h, erase-records at 4 h, restart at 4 h], linger: 12 h}
          - {name: damaged-factory-image, row: P14, flash: [slot 0 sector 1 rot at 4 h, erase-records at 4 h, restart at 4 h], linger: 12 h}
          - {name: restart-with-nothing, row: S04, faults: [poll 5-30 refused], device: {scrub: 30 min}, flash: [slot 0 sector 1 rot at 4 h, slot 1 sector 1 rot at 4 h, restart at 6 h], within: 72 h, linger: 40 h}
          - {name: dead-record-at-trial, row: P11, device: {candidate: pending}, flash: [record 0 program-error], ends: ["failed:storage"], serves: old}
          - {name: dead-record-and-crash, row: P11, device: {candidate: pending}, self-test: crash, flash: [record 0 program-error], ends: ["failed:storage"], serves: old}
          - {name: dead-record-at-confirmation, row: P11, device: {candidate: pending}, flash: [record 1 program-error], ends: ["failed:storage"], serves: old}
          - {name: dead-sector, row: P09, flash: [slot 1 sector 2 program-error], ends: ["failed:storage"], serves: old}
          - {name: lying-sector, row: P09, flash: [slot 1 sector 2 silent-program], ends: ["failed:digest"], serves: old}
          - {name: dead-record, row: P11, flash: [record 1 program-error], ends: ["failed:storage"], serves: old}
          - {name: dead-record-at-whole-file, row: P11, image: 20000, faults: [artifact 1 cut 9000, artifact 2 status 503 retry 1 h, artifact 3 ignore-range], flash: [record 0 program-error at 30 min, record 1 program-error at 30 min], ends: ["failed:storage"], serves: old}
          - {name: dead-record-at-progress, row: P11, image: 20000, faults: [artifact 1 cut 9000, artifact 2 status 503 retry 1 h, artifact 3 cut 5000], flash: [record 0 program-error at 30 min, record 1 program-error at 30 min], ends: ["failed:storage"], serves: old}
          - {name: dead-record-at-staging, row: P11, image: 20000, faults: [artifact 1 cut 17000, artifact 2 status 503 retry 1 h], flash: [record 0 program-error at 30 min, record 1 program-error at 30 min], ends: ["failed:storage"], serves: old}
          - {name: lying-record, row: P11, flash: [record 1 silent-program], ends: ["failed:storage"], serves: old}
    """
}
