internal import AssayFiles

/// Files and sockets this process has open.
public enum OpenDescriptors {
  public static func count() throws -> Int { try Folder.list("/proc/self/fd").count }
}
