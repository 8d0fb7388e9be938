public import AssayModel

/// A graph with every operator prepared: immutable, shared by interpreters on several threads.
public struct Program: Sendable {
  public let graph: Graph
}
