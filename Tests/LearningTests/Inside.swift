@testable import Learning

/// What tests look at that the module keeps to itself.
func pieces(_ lengths: [Int], _ budget: Int) -> [Range<Int>] { MicroBatches.cut(lengths, budget: budget) }

extension PolicyTrainerTests {
  static func parted(_ count: Int, _ pieces: Int) -> [[Int]] {
    PolicyTrainer.parted(Array(0..<count), into: pieces)
  }
}
