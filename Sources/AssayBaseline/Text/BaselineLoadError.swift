public import AssayDocument
public import AssayFiles

/// Why the baselines could not be read.
public enum BaselineLoadError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Something is wrong with the reviewed text: all of it, with places. A configuration error.
  case documents(DocumentErrors)
  /// A file of the reviewed text could not be read or written. A configuration error.
  case file(FileError)
  /// The database did not answer: nothing can be decided.
  case store(BaselineError)

  public var description: String {
    switch self {
    case .documents(let errors): errors.description
    case .file(let error): error.description
    case .store(let error): error.description
    }
  }

  /// Runs `body`, whose errors are of these three kinds.
  static func wrapping<Value>(_ body: () throws -> Value) throws(BaselineLoadError) -> Value {
    do {
      return try body()
    } catch let error as BaselineLoadError {
      throw error
    } catch let errors as DocumentErrors {
      throw .documents(errors)
    } catch let error as FileError {
      throw .file(error)
    } catch let error as BaselineError {
      throw .store(error)
    } catch {
      throw .store(BaselineError(.unusable, path: "baselines", "\(error)"))
    }
  }
}
