internal import CYAML

/// libyaml's event parser. It keeps pointers into itself and into the text, so both live in
/// allocations of their own that never move.
@safe struct YAMLParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeMutableBufferPointer<UInt8>
  private let file: String

  /// What of an event the tree needs.
  enum Event {
    case scalar(String, isPlain: Bool)
    case listStart, listEnd, mapStart, mapEnd
    case documentStart, documentEnd, streamStart, streamEnd
  }

  init(_ bytes: [UInt8], file: String) throws(DocumentErrors) {
    unsafe parser = .allocate(capacity: 1)
    unsafe text = .allocate(capacity: max(1, bytes.count))
    self.file = file
    unsafe parser.initialize(to: yaml_parser_t())
    _ = unsafe text.initialize(from: bytes)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      throw DocumentErrors(DocumentLocation(file: file), "out of memory")
    }
    unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
    // Otherwise a byte order mark would choose UTF-16.
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe text.deallocate()
  }

  /// The next event and where it starts; anchors, aliases, tags and directives are errors.
  func next() throws(DocumentErrors) -> (event: Event, location: DocumentLocation) {
    var raw = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw syntaxError() }
    defer { unsafe yaml_event_delete(&raw) }
    let location = unsafe location(raw.start_mark)
    return (unsafe try translate(raw, location), location)
  }

  private func location(_ mark: yaml_mark_t) -> DocumentLocation {
    DocumentLocation(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  private func translate(
    _ raw: yaml_event_t, _ location: DocumentLocation
  ) throws(DocumentErrors) -> Event {
    switch unsafe raw.type {
    case YAML_SCALAR_EVENT:
      let scalar = unsafe raw.data.scalar
      try unsafe refuse(anchor: scalar.anchor, tag: scalar.tag, location)
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
      return .scalar(unsafe String(decoding: bytes, as: UTF8.self), isPlain: isPlain)
    case YAML_SEQUENCE_START_EVENT:
      try unsafe refuse(anchor: raw.data.sequence_start.anchor, tag: raw.data.sequence_start.tag, location)
      return .listStart
    case YAML_MAPPING_START_EVENT:
      try unsafe refuse(anchor: raw.data.mapping_start.anchor, tag: raw.data.mapping_start.tag, location)
      return .mapStart
    case YAML_DOCUMENT_START_EVENT:
      let start = unsafe raw.data.document_start
      guard unsafe start.version_directive == nil,
        unsafe start.tag_directives.start == start.tag_directives.end
      else { throw DocumentErrors(location, "% directives are not allowed") }
      return .documentStart
    case YAML_ALIAS_EVENT: throw DocumentErrors(location, "aliases (*name) are not allowed")
    case YAML_SEQUENCE_END_EVENT: return .listEnd
    case YAML_MAPPING_END_EVENT: return .mapEnd
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_STREAM_START_EVENT: return .streamStart
    default: return .streamEnd
    }
  }

  private func refuse(
    anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?,
    _ location: DocumentLocation
  ) throws(DocumentErrors) {
    guard unsafe anchor == nil else { throw DocumentErrors(location, "anchors (&name) are not allowed") }
    guard unsafe tag == nil else { throw DocumentErrors(location, "tags (!name) are not allowed") }
  }

  private func syntaxError() -> DocumentErrors {
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "unreadable"
    let context = unsafe parser.pointee.context.map { unsafe " \(String(cString: $0))" } ?? ""
    if unsafe parser.pointee.error == YAML_READER_ERROR {
      // The reader knows a byte offset only.
      let offset = unsafe parser.pointee.problem_offset
      let consumed = unsafe text[..<min(Int(offset), text.count)]
      let line = unsafe consumed.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
      let column = unsafe consumed.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
      return DocumentErrors(DocumentLocation(file: file, line: line, column: column), problem)
    }
    return DocumentErrors(location(unsafe parser.pointee.problem_mark), "not YAML: \(problem)\(context)")
  }
}
