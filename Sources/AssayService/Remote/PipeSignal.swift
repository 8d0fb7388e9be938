internal import Glibc

/// Writing to a connection whose other end is gone: an error, not the end of the process.
enum PipeSignal {
  /// Runs `body` with `SIGPIPE` held back on this thread; one that came meanwhile is dropped.
  ///
  /// For libraries that write to sockets themselves, where `MSG_NOSIGNAL` cannot be asked for.
  static func held<Result>(_ body: () -> Result) -> Result {
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    unsafe sigemptyset(&pipe)
    unsafe sigaddset(&pipe, SIGPIPE)
    unsafe sigpending(&pending)
    let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
    unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before)
    let result = body()
    let error = errno
    if !wasPending {
      var now = timespec()
      while unsafe sigtimedwait(&pipe, nil, &now) == -1, errno == EINTR {}
    }
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = error
    return result
  }
}
