import AssayFiles
import Glibc
import Testing

private func openAsOutput(_ path: String) {
  dup2(unsafe open(path, O_WRONLY), 1)
}

private func openPipeWithoutReader() {
  var ends: [Int32] = [0, 0]
  unsafe pipe(&ends)
  dup2(ends[1], 1)
  close(ends[0])
}

@Suite struct `Standard output` {
  @Test func `that nobody reads any more is an error, not a signal`() async {
    await #expect(processExitsWith: .success) {
      openPipeWithoutReader()
      StandardStream.ignoreBrokenPipes()
      do throws(FileError) {
        try StandardStream.output.write("lost")
        exit(9)
      } catch { exit(error.code == .closed && error.path == "standard output" ? 0 : 8) }
    }
  }

  @Test func `to a full disk is an error`() async {
    await #expect(processExitsWith: .success) {
      openAsOutput("/dev/full")
      do throws(FileError) {
        try StandardStream.output.write("lost")
        exit(9)
      } catch { exit(error.code == .full ? 0 : 8) }
    }
  }

  @Test func `to a slow pipe arrives whole`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      _ = fcntl(1, F_SETFL, O_WRONLY | O_NONBLOCK)
      try StandardStream.output.write(String(repeating: "line of a report\n", count: 40_000))
      exit(0)
    }
    #expect(result?.standardOutputContent.count ?? 0 >= 680_000)
  }
}
