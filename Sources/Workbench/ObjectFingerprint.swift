import Benchmarks
import Learning
import Models
import Primitives
import Records
import Script

extension BoundObject {
  /// Adds what the object is to a fingerprint: of what is trained and drawn every bit, of all else what its summary says.
  ///
  /// - Parameter lasting: takes out of a text what no two runs have the same.
  func add(to digest: inout Fingerprint, lasting: (String) -> String) {
    switch self {
    case let model as ModelObject: digest.combine(model.janus.fingerprint.value)
    case let trainer as TrainerObject:
      digest.combine(trainer.trainer.fingerprint.value)
      for value in trainer.trainer.history.columns.joined() { digest.combine(value) }
    case let sample as SampleObject:
      for id in sample.sample.sequence.ids { digest.combine(UInt64(UInt32(bitPattern: id))) }
      digest.combine(bulk: sample.sample.image.bytes)
    case let picture as PictureObject: digest.combine(bulk: picture.bitmap.bytes)
    case let card as ScorecardObject:
      for estimate in [card.card.headline] + card.card.tasks.map(\.estimate) {
        for value in [estimate.value, estimate.low, estimate.high] { digest.combine(value) }
      }
    case let job as JobObject: digest.combine(job.files.id)
    default: digest.combine(lasting(summary))
    }
  }
}
