"""The scratch package: AssayUpdate with every mutant compiled in, and the program that judges one."""

import json
import re
import subprocess
from pathlib import Path

from mutations import Mutant, Schemata

# What decides most comes first.
FILES = [
    "Device/DeviceTrial.swift", "Device/DeviceBoot.swift", "Device/DeviceDownload.swift",
    "Device/DeviceReceive.swift", "Device/DevicePoll.swift", "Device/DeviceObjections.swift", "Device/Device.swift",
    "Device/DeviceCheck.swift",
    "Device/RecordJournal.swift", "Device/DeviceReports.swift", "Device/DeviceRecord.swift",
    "Device/DeviceExchange.swift", "Device/RecordCodec.swift", "Device/DeviceProfile.swift", "Device/SelfTest.swift",
    "Device/ModelVersion.swift", "Device/Reason.swift", "Device/ByteFields.swift",
    "Service/Manifest.swift", "Service/ManifestCodec.swift", "Service/SigningKey.swift", "Board/Board.swift",
    "Board/ImageJudge.swift", "Support/ImageDigest.swift", "Flash/FlashGeometry.swift",
]

CONDITIONS = {"mutantKeeps", "mutantCondition", "mutantUnlessTrue", "mutantUnlessFalse", "mutantAnd", "mutantOr"}

MANIFEST = """// swift-tools-version:6.2
import PackageDescription
let settings: [SwiftSetting] = [
  .enableExperimentalFeature("SafeInteropWrappers"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"), .unsafeFlags(["-suppress-warnings", "-enable-testing"]),
]
let package = Package(
  name: "ota-mutation",
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1"),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
    .target(name: "AssayFiles", dependencies: ["CCrypto"], swiftSettings: settings),
    .target(name: "AssayDocument", dependencies: ["CYAML", "AssayFiles"], swiftSettings: settings),
    .target(name: "AssayUpdate", dependencies: ["AssayFiles", "AssayDocument"], swiftSettings: settings),
    .executableTarget(name: "judge", dependencies: ["AssayUpdate"], swiftSettings: settings),
  ])
"""


class Scratch:
    def __init__(self, root: Path, folder: Path):
        self.root, self.folder = root, folder
        self.mutants: list[Mutant] = []

    @property
    def program(self) -> Path:
        return self.folder / ".build/release/judge"

    def prepare(self) -> None:
        """Copies what is not mutated; files that did not change keep their times."""
        for module in ("AssayFiles", "AssayDocument", "AssayUpdate", "CYAML", "CCrypto"):
            self._mirror(self.root / "Sources" / module, self.folder / "Sources" / module)
        self._mirror(self.root / "suites/ota", self.folder / "suites")
        tool = Path(__file__).parent / "Mutated"
        self._write(self.folder / "Package.swift", MANIFEST)
        for name in ("MutationSwitch.swift", "MutationJudge.swift"):
            self._write(self.folder / "Sources/AssayUpdate" / name, (tool / name).read_text())
        self._write(self.folder / "Sources/judge/main.swift", (tool / "main.swift").read_text())

    def _mirror(self, source: Path, target: Path) -> None:
        wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
        for path in list(target.rglob("*")):
            if path.is_file() and path.relative_to(target) not in wanted:
                path.unlink()
        for path in sorted(wanted):
            if source.name == "AssayUpdate" and str(path) in FILES:
                continue
            self._write(target / path, (source / path).read_text())

    @staticmethod
    def _write(path: Path, text: str) -> None:
        if path.exists() and path.read_text() == text:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def build(self, say) -> None:
        """Builds; mutants that do not compile (wrong types) are dropped, and it builds again."""
        dropped_file = self.folder / "uncompilable.json"
        dropped = set(json.loads(dropped_file.read_text())) if dropped_file.exists() else set()
        for attempt in range(12):
            self._write_mutated(dropped)
            output = self._compile()
            if output is None:
                return
            found = self._refused(output)
            if not found - dropped:
                raise SystemExit(output[-4000:])
            dropped |= found
            say(f"build {attempt + 1}: {len(found)} mutants of wrong types left out, {len(dropped)} in all")
            dropped_file.write_text(json.dumps(sorted(dropped), indent=1))
        raise SystemExit("the mutated package does not build")

    def originals(self) -> dict[str, str]:
        return {name: (self.root / "Sources/AssayUpdate" / name).read_text() for name in FILES}

    def build_patched(self, texts: dict[str, str]) -> None:
        """Builds the device with these texts instead of its own."""
        for name, text in texts.items():
            self._write(self.folder / "Sources/AssayUpdate" / name, text)
        output = self._compile()
        if output is not None:
            raise SystemExit(output[-4000:])

    def _compile(self) -> str | None:
        """None when it compiles, else what the compiler says."""
        run = subprocess.run(
            ["nice", "-n", "2", "swift", "build", "-c", "release", "--product", "judge"], cwd=self.folder,
            capture_output=True, text=True)
        return None if run.returncode == 0 else run.stdout + run.stderr

    def _write_mutated(self, dropped: set[str]) -> None:
        self.mutants, first = [], 1
        for name, text in self.originals().items():
            schemata = Schemata(name, text, first, dropped)
            self._write(self.folder / "Sources/AssayUpdate" / name, schemata.rewritten())
            first = schemata.next
            self.mutants += schemata.mutants

    def _refused(self, output: str) -> set[str]:
        """The mutants on the lines the compiler complains about."""
        by_number = {mutant.number: mutant for mutant in self.mutants}
        keys: set[str] = set()
        for path, line in set(re.findall(r"(/\S+\.swift):(\d+):\d+: error", output)):
            lines = Path(path).read_text().split("\n")[int(line) - 1:int(line) + 3]
            # The first line that holds mutants: a complaint may be about the beginning of a longer expression.
            found = [re.findall(r"(mutant\w+)\((\d+)", text) for text in lines]
            calls = next(filter(None, found), [])
            # Values first: conditions and statements hardly ever have the wrong type.
            values = [call for call in calls if call[0] not in CONDITIONS] or calls
            keys |= {by_number[int(number)].key for _, number in values}
        return keys
