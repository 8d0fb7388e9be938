internal import AssayFiles
internal import Glibc

/// Somebody's update client, run in a process group of its own with a time limit.
public struct ClientProcess: Sendable {
  public enum Ending: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// It did not end in time; the whole group was killed.
    case timedOut
    /// It wrote more than `watchedLimitBytes`; the whole group was killed.
    case outgrew

    /// True when the client ended by itself.
    var isOrderly: Bool { if case .exited = self { true } else { false } }
  }

  /// Program, looked up in PATH, and its arguments.
  public var command: [String]
  /// The whole environment: nothing is inherited but PATH.
  public var environment: [String: String] = [:]
  public var limitSeconds = 60
  /// File that gets standard output and error; `/dev/null` when nil.
  public var outputPath: String?
  /// A folder that the client writes to, and how much may come to be in it.
  public var watchedFolder: String?
  public var watchedLimitBytes = 64 << 20

  public init(_ command: [String]) { self.command = command }

  /// Runs the client to its end or to its time limit.
  public func run() throws(ServiceError) -> Ending {
    let process = try spawn()
    let deadline = ContinuousClock.now + .seconds(limitSeconds)
    var status: Int32 = 0
    var round = 0
    while ContinuousClock.now < deadline {
      if unsafe waitpid(process, &status, WNOHANG) == process {
        // A client that leaves children behind must not go on writing.
        kill(-process, SIGKILL)
        endOrphans()
        return Self.ending(status)
      }
      round += 1
      if round.isMultiple(of: 5), hasOutgrown { return end(process, .outgrew) }
      usleep(10_000)
    }
    return end(process, .timedOut)
  }

  private func end(_ process: pid_t, _ ending: Ending) -> Ending {
    var status: Int32 = 0
    kill(-process, SIGKILL)
    _ = unsafe waitpid(process, &status, 0)
    endOrphans()
    return ending
  }

  /// Ends what left the process group: whoever still has the run's own scratch folder in its environment.
  private func endOrphans() {
    guard let scratch = environment[Self.marker] else { return }
    // One that is just forking can escape one round, not three.
    for _ in 0..<3 {
      let left = Self.processes(marked: scratch)
      if left.isEmpty { return }
      for process in left { kill(process, SIGKILL) }
      usleep(2_000)
    }
  }

  /// Other processes with this scratch folder in their environment.
  static func processes(marked scratch: String) -> [Int32] {
    let mark = Array("\(marker)=\(scratch)".utf8)
    let all = ((try? Folder.list("/proc")) ?? []).compactMap { Int32($0.name) }
    return all.filter { process in
      process != getpid() && variables(of: process).contains { $0.elementsEqual(mark) }
    }
  }

  /// The environment of a process, as far as the first 64 KiB go; empty when it may not be read.
  private static func variables(of process: Int32) -> [ArraySlice<UInt8>] {
    // A file of /proc says nothing about its size.
    let file = unsafe open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    let text = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      while count < buffer.count {
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[count...])
        let done = unsafe read(file, rest.baseAddress, rest.count)
        guard done > 0 else { return }
        count += done
      }
    }
    return text.split(separator: 0)
  }

  /// The variable by which a client's own processes are known.
  static let marker = "ASSAY_SCRATCH"

  private var hasOutgrown: Bool {
    guard let watchedFolder else { return false }
    return Self.size(of: watchedFolder, depth: 0) > watchedLimitBytes
  }

  /// Bytes of the files in a folder; links are not followed.
  private static func size(of folder: String, depth: Int) -> Int {
    guard depth < 8, let entries = try? Folder.list(folder) else { return 0 }
    return entries.prefix(4096).reduce(0) { total, entry in
      let path = "\(folder)/\(entry.name)"
      if entry.kind == .folder { return total + size(of: path, depth: depth + 1) }
      var facts = stat()
      return unsafe lstat(path, &facts) == 0 ? total + Int(facts.st_size) : total
    }
  }

  private static func ending(_ status: Int32) -> Ending {
    let signal = status & 0x7F
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
  }

  private func spawn() throws(ServiceError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    let output = outputPath ?? "/dev/null"
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    var process: pid_t = 0
    let name = command.first ?? ""
    let error = unsafe withStrings(command) { arguments in
      unsafe withStrings(variables) { variables in
        unsafe posix_spawnp(&process, name, &actions, &attributes, arguments, variables)
      }
    }
    guard error == 0 else { throw .spawn(command: name, error: error) }
    return process
  }

  private var variables: [String] {
    var all = environment
    if all["PATH"] == nil { all["PATH"] = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" }
    return all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// Calls `body` with C strings that live as long as the call, ended by nil.
  private func withStrings<Value>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    var pointers = unsafe strings.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
      // The array has at least its final nil, so the buffer has an address.
      unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
  }
}

extension ClientProcess.Ending: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exited(let code): "exit \(code)"
    case .signalled(let signal): "killed by signal \(signal)"
    case .timedOut: "did not end in time"
    case .outgrew: "wrote without end"
    }
  }
}
