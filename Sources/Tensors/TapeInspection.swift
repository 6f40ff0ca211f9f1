extension Tape {
  /// Where numbers that are not finite came from.
  public struct Fault: Hashable, Sendable, CustomStringConvertible {
    /// The operator, or `nil` if the weight itself is not finite.
    public let operation: String?
    /// The weight that it read, if it read one.
    public let weight: String?
    /// Whether it is the operator's gradient rather than its result.
    public let isGradient: Bool

    /// The place in words.
    public var description: String {
      guard let operation else { return "the weight '\(weight ?? "")'" }
      let weight = weight.map { " with the weight '\($0)'" } ?? ""
      return "the \(isGradient ? "gradient" : "result") of '\(operation)'\(weight)"
    }
  }

  /// The time of all calls of an operator with inputs and results of the same shapes.
  public struct Timing: Sendable {
    /// The operator.
    public let operation: String
    /// The shape of its result.
    public let shape: [Int]
    /// The shapes of what it was computed from.
    public let inputs: [[Int]]
    /// How many calls there were.
    public internal(set) var calls = 0
    /// Seconds of its calls, with what came between the operator before and this one.
    public internal(set) var forward = 0.0
    /// Seconds of its gradients.
    public internal(set) var backward = 0.0
  }

  /// The first operator of a checking tape whose result or gradient was not finite; `nil` if there was none.
  public var fault: Fault? { inspection?.fault }

  /// What operators took on a timing tape, in the order of their first calls.
  public var timings: [Timing] { inspection?.timings ?? [] }
}

/// What a tape that inspects learns about the operators on it.
final class TapeInspection {
  private let isChecking: Bool
  private let isTiming: Bool
  private(set) var fault: Tape.Fault?
  private(set) var timings: [Tape.Timing] = []
  private var places: [String: Int] = [:]
  private var last = ContinuousClock.now

  init(isChecking: Bool, isTiming: Bool) { (self.isChecking, self.isTiming) = (isChecking, isTiming) }

  /// Whatever has passed until now belongs to no operator.
  func start() { last = .now }

  /// Looks at a result that was just computed.
  func made(_ result: Tensor, _ node: Node, from inputs: [Tensor]) {
    node.shape = result.shape
    if isTiming {
      node.inputShapes = inputs.map(\.shape)
      charge(node) { timing, seconds in
        timing.forward += seconds
        timing.calls += 1
      }
    }
    guard isChecking, fault == nil else { return }
    node.inputs = inputs.compactMap(\.node)
    let broken = inputs.first { $0.node?.parameter != nil && !$0.isFinite }
    if let broken {
      fault = Tape.Fault(operation: nil, weight: broken.node?.parameter?.name, isGradient: false)
    } else if !result.isFinite {
      fault = node.fault(isGradient: false)
    }
  }

  /// Looks at the gradients that a node has just handed on.
  func spread(_ node: Node) {
    if isTiming { charge(node) { $0.backward += $1 } }
    guard isChecking else { return }
    if fault == nil, node.inputs.contains(where: { $0.collected?.isFinite == false }) {
      fault = node.fault(isGradient: true)
    }
    node.inputs = []
  }

  private func charge(_ node: Node, _ add: (inout Tape.Timing, Double) -> Void) {
    let now = ContinuousClock.now
    let key = "\(node.operation) \(node.shape) \(node.inputShapes)"
    let place = places[key] ?? timings.count
    if place == timings.count {
      places[key] = place
      timings.append(Tape.Timing(operation: node.operation, shape: node.shape, inputs: node.inputShapes))
    }
    add(&timings[place], (now - last) / .seconds(1))
    last = .now
  }
}

extension Node {
  /// The operator's name without its argument labels.
  fileprivate var operation: String { String(name.description.prefix { $0 != "(" }) }

  fileprivate func fault(isGradient: Bool) -> Tape.Fault {
    let weight = inputs.lazy.compactMap(\.parameter?.name).first
    return Tape.Fault(operation: operation, weight: weight, isGradient: isGradient)
  }
}
