internal import AssayFiles
internal import Glibc

/// One run of the `assay` program, as a person or a script would start it.
public struct ProgramRun: Sendable {
  public var exitCode: Int32
  /// The signal that ended it; `nil` for an exit.
  public var signal: Int32?
  public var output: String
  public var errors: String

  /// The program that was built with these tests.
  public static let program: String = {
    let path = unsafe realpath("/proc/self/exe", nil)
    defer { unsafe free(path) }
    let tests = unsafe path.map { unsafe String(cString: $0) } ?? ""
    // The test process is the bundle itself, or a helper that was handed the bundle's path.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? tests
    return Path.join(Path.parent(bundle), "assay")
  }()

  /// Runs the program to its end, or kills it after `seconds`.
  ///
  /// - Parameter outputPath: where standard output goes instead, `/dev/full` for one.
  public init(
    _ arguments: [String], in folder: String, environment: [String] = [], outputPath: String? = nil,
    seconds: Int = 120
  ) throws {
    let scratch = try TemporaryFolder()
    let outputs = (outputPath ?? scratch("out"), scratch("err"))
    let child = try Self.spawn(arguments, folder, environment, outputs)
    let status = Self.wait(child, seconds: seconds)
    // As WIFSIGNALED and WEXITSTATUS, which are macros.
    signal = status & 0x7F == 0 ? nil : status & 0x7F
    exitCode = signal == nil ? (status >> 8) & 0xFF : -1
    output = outputPath == nil ? try FileBytes.readText(outputs.0, limit: 64 << 20) : ""
    errors = try FileBytes.readText(outputs.1, limit: 64 << 20)
  }

  private static func spawn(
    _ arguments: [String], _ folder: String, _ environment: [String], _ outputs: (String, String)
  ) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, outputs.0, flags, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, outputs.1, flags, 0o600)
    // The shell changes the folder: the call that would is no part of the C library's module.
    let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program]
    var words = unsafe (shell + arguments).map { unsafe strdup($0) } + [nil]
    var settings = unsafe (["PATH=/usr/bin:/bin"] + environment).map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + settings).forEach { unsafe free($0) } }
    var child: pid_t = 0
    guard unsafe posix_spawn(&child, shell[0], &actions, nil, &words, &settings) == 0 else {
      throw FileError(.notFound, path: program, "cannot be started")
    }
    return child
  }

  private static func wait(_ child: pid_t, seconds: Int) -> Int32 {
    var status: Int32 = 0
    for _ in 0..<seconds * 100 {
      if unsafe waitpid(child, &status, WNOHANG) == child { return status }
      usleep(10_000)
    }
    kill(child, SIGKILL)
    _ = unsafe waitpid(child, &status, 0)
    return status
  }
}
