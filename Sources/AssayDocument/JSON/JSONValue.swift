/// A JSON value; objects keep the order of their members.
///
///     let value: JSONValue = ["schemaVersion": 1, "outputs": [0.5, "x", true, nil]]
///     value.text()      // pretty; the same value always gives the same bytes
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  /// Written as `null` when not finite: use ``JSONObject/set(_:_:reason:)`` to say why.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object, in order, each name once.
public struct JSONObject: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSONValue
  }

  public private(set) var members: [Member] = []
  private var places: [String: Int] = [:]

  public init() {}

  public var names: [String] { members.map(\.name) }

  /// The member called `name`. Setting replaces it in its place or appends it; setting `nil` leaves
  /// it as it is (`JSONValue.null` writes a null).
  public subscript(name: String) -> JSONValue? {
    get { places[name].map { members[$0].value } }
    set {
      guard let newValue else { return }
      if let place = places[name] { members[place].value = newValue; return }
      places[name] = members.count
      members.append(Member(name: name, value: newValue))
    }
  }

  /// Sets a number, or `null` with a member `reason` beside it when it is absent or not finite.
  ///
  /// Several reasons of one object share the member: `"cosine: zero vector; sqnrDb: no error"`.
  public mutating func set(_ name: String, _ value: Double?, reason: @autoclosure () -> String) {
    if let value, value.isFinite { self[name] = .number(value); return }
    self[name] = .null
    let text = "\(name): \(reason())"
    if case .string(let earlier) = self["reason"] {
      self["reason"] = .string("\(earlier); \(text)")
    } else {
      self["reason"] = .string(text)
    }
  }
}

extension JSONValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// A name that is written twice keeps its first place and its last value.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (name, value) in elements { object[name] = value }
    self = .object(object)
  }
}

extension JSONValue {
  /// The member called `name` of an object.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let object) = self else { return nil }
    return object[name]
  }

  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  public var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// A number, whole or not.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  public var array: [JSONValue]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  public var object: JSONObject? {
    guard case .object(let value) = self else { return nil }
    return value
  }
}
