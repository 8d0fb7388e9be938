/// Something that happens on the service just before it answers.
public struct ServiceEvent: Sendable {
  public enum Change: Sendable, Equatable {
    case cancel
    case assign(Manifest)
    case assignUnsigned(Manifest)
    case delete(ImageDigest)
    case restore([UInt8])
    /// The service loses its reports and closes nothing.
    case forget
    case pollEvery(seconds: Int)
  }

  public let step: Request.Step
  public let occurrence: Int
  public var mac: String
  public var change: Change

  public func apply(_ service: inout ModelService) {
    switch change {
    case .cancel: service.cancelAssignment(of: mac)
    case .assign(let manifest): service.assign(manifest, to: mac)
    case .assignUnsigned(let manifest): service.assignUnsigned(manifest, to: mac)
    case .delete(let digest): service.deleteArtifact(digest)
    case .restore(let image): service.store(image)
    case .forget: service.forgetReports(of: mac)
    case .pollEvery(let seconds): service.pollSeconds = seconds
    }
  }
}
