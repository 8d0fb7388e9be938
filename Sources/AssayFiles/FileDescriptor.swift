internal import Glibc

/// An open file, closed when the value goes away.
struct FileDescriptor: ~Copyable {
  let number: Int32

  /// Opens `path`; never waits for the other end of a pipe and is not inherited by child processes.
  init(opening path: String, flags: Int32, mode: mode_t = 0, action: String) throws(FileError) {
    try Path.check(path)
    var opened: Int32
    repeat {
      opened = unsafe open(path, flags | O_CLOEXEC | O_NONBLOCK, mode)
    } while opened < 0 && errno == EINTR
    guard opened >= 0 else { throw .system(errno, path: path, action) }
    number = opened
  }

  /// A second handle of one that is open already, such as standard input.
  init(duplicating other: Int32, name: String) throws(FileError) {
    let copy = dup(other)
    guard copy >= 0 else { throw FileError(.closed, path: name, "it is closed") }
    number = copy
  }

  deinit { close(number) }

  /// Up to a mebibyte; empty at the end of the file.
  func readSome(path: String) throws(FileError) -> [UInt8] {
    let number = number
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
      repeat {
        let count = unsafe read(number, buffer.baseAddress, buffer.count)
        failure = count < 0 ? errno : 0
        filled = max(0, count)
        if failure == EAGAIN {
          // Standard input may be a non-blocking pipe of somebody else's making.
          var waited = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
          _ = unsafe poll(&waited, 1, -1)
        }
      } while failure == EINTR || failure == EAGAIN
    }
    guard failure == 0 else { throw .system(failure, path: path, "read") }
    return bytes
  }

  func status(of path: String) throws(FileError) -> stat {
    var facts = stat()
    guard unsafe fstat(number, &facts) == 0 else { throw .system(errno, path: path, "read") }
    return facts
  }

  func writeAll(_ bytes: Span<UInt8>, path: String) throws(FileError) {
    try Self.writeAll(bytes, to: number, path: path)
  }

  /// Writes every byte, however many calls that takes.
  static func writeAll(_ bytes: Span<UInt8>, to number: Int32, path: String) throws(FileError) {
    var failure: Int32 = 0
    unsafe bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count, failure == 0 {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        let count = unsafe write(number, rest.baseAddress, rest.count)
        if count >= 0 {
          written += count
        } else if errno == EAGAIN {
          // Standard output may be a non-blocking pipe of somebody else's making.
          var waited = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
          _ = unsafe poll(&waited, 1, -1)
        } else if errno != EINTR {
          failure = errno
        }
      }
    }
    guard failure == 0 else { throw .system(failure, path: path, "write") }
  }

  func synchronize(path: String) throws(FileError) {
    // Some file systems cannot synchronize a folder and say EINVAL: nothing more can be done there.
    guard fsync(number) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw .system(errno, path: path, "write")
    }
  }
}
