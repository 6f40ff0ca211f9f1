import CEdit
import Foundation
public import Primitives
import Synchronization

/// Turns signals into requests to stop.
///
/// While a cell runs: the first Ctrl-C asks to finish the step, a second within three seconds to abandon it, a third
/// to leave; if nothing answers the third, the process ends by itself with status 130. SIGTERM and SIGHUP are a
/// first Ctrl-C with a deadline, after which the session ends; a second one abandons the step. At the prompt, Ctrl-C only wakes the line editor.
public final class Interrupts: Sendable {
  /// The exit status of an interrupted process: 128 + SIGINT, as shells have it.
  public static let status: Int32 = 130

  /// What long loops poll.
  public let token: StopToken

  /// What a signal asks of the line editor.
  enum Wake: UInt8 {
    case interrupt = 1
    case resize, resume, terminate
  }

  /// The end of a pipe that has a byte for each signal that came at the prompt.
  let wakeDescriptor: Int32
  private let wakeEnd: Int32
  private let isRunning = Atomic<Bool>(false)
  private let isEnding = Atomic<Bool>(false)
  private let hasPrompt = Atomic<Bool>(true)
  private let latest = Atomic<Int>(0)
  /// Whether what is said may erase the progress line that it would stand behind.
  private let hasStatusLine = isatty(STDERR_FILENO) == 1

  /// How long after the first Ctrl-C a second one means more than the first.
  static let window = 3
  /// How long a step may take to end after SIGTERM, and an exit after the third Ctrl-C.
  private static let termination: UInt32 = 30
  private static let leaving: UInt32 = 3

  /// Interrupts that raise a token.
  ///
  /// Nothing is caught before ``install(atPrompt:)``.
  ///
  /// - Parameter token: what the session polls.
  public init(token: StopToken = StopToken()) {
    self.token = token
    var ends: [Int32] = [-1, -1]
    // Without a pipe (no descriptors left) signals still raise the token; only the prompt does not notice.
    _ = pipe(&ends)
    for end in ends where end >= 0 {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    (wakeDescriptor, wakeEnd) = (ends[0], ends[1])
  }

  /// Whether SIGTERM or SIGHUP came: the session ends after the cell.
  public var isTerminating: Bool { isEnding.load(ordering: .relaxed) }

  /// Whether a stop was asked for since the last cell began.
  public var wasRaised: Bool { token.isRaised }

  /// Whether the third Ctrl-C asked to leave.
  var isLeaving: Bool { token.stage == .leave }

  /// Starts to catch signals, for the life of the process. A broken pipe becomes a failed write.
  ///
  /// - Parameter atPrompt: whether a line editor waits between cells; without one, a signal between cells ends the
  ///   process.
  public func install(atPrompt: Bool) {
    hasPrompt.store(atPrompt, ordering: .relaxed)
    signal(SIGPIPE, SIG_IGN)
    let context = Unmanaged.passRetained(self).toOpaque()
    for number in [SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGWINCH, SIGCONT] {
      _ = cedit_on_signal(number, context) { context, number in
        guard let context else { return }
        Unmanaged<Interrupts>.fromOpaque(context).takeUnretainedValue().handle(number)
      }
    }
  }

  /// Runs a cell: signals raise the token meanwhile.
  ///
  /// - Parameter body: what may take long.
  /// - Returns: what it returns.
  /// - Throws: what it throws.
  public func whileRunning<Result>(_ body: () throws -> Result) rethrows -> Result {
    token.reset()
    isRunning.store(true, ordering: .relaxed)
    defer {
      isRunning.store(false, ordering: .relaxed)
      alarm(0)
    }
    return try body()
  }

  /// What a signal does. Runs inside the signal handler: atomics and plain system calls only.
  func handle(_ number: Int32) {
    switch number {
    case SIGALRM: leave()
    case SIGWINCH: wake(.resize)
    case SIGCONT: wake(.resume)
    case SIGINT: isRunning.load(ordering: .relaxed) ? interrupt(at: Self.seconds()) : wake(.interrupt)
    default: terminate()
    }
  }

  /// One Ctrl-C while a cell runs.
  func interrupt(at now: Int) {
    switch token.stage {
    case .running where token.isWatching:
      token.raise()
      say("^C\n")
    case .running:
      latest.store(now, ordering: .relaxed)
      token.raise()
      say("^C  Finishing this step; Ctrl-C again within 3 s abandons it.\n")
    case .finishStep where now - latest.load(ordering: .relaxed) > Self.window:
      latest.store(now, ordering: .relaxed)
      say("^C  Still finishing this step; Ctrl-C again within 3 s abandons it.\n")
    case .finishStep:
      token.raise()
      say("^C  Abandoning this step; Ctrl-C again leaves Easel.\n")
    case .abandonStep:
      token.raise()
      alarm(Self.leaving)
      say("^C  Leaving.\n")
    case .leave:
      leave()
    }
  }

  private func terminate() {
    isEnding.store(true, ordering: .relaxed)
    guard isRunning.load(ordering: .relaxed) else { return wake(.terminate) }
    if token.stage < .abandonStep { token.raise() }
    alarm(Self.termination)
  }

  /// Ends the process, the terminal as it was.
  private func leave() -> Never {
    cedit_restore()
    _exit(Self.status)
  }

  private func wake(_ reason: Wake) {
    if !hasPrompt.load(ordering: .relaxed) {
      if reason == .interrupt || reason == .terminate { leave() }
      return
    }
    var byte = reason.rawValue
    _ = write(wakeEnd, &byte, 1)
  }

  /// The next reason to wake, if there is one.
  func nextWake() -> Wake? {
    var byte: UInt8 = 0
    return read(wakeDescriptor, &byte, 1) == 1 ? Wake(rawValue: byte) : nil
  }

  private func say(_ text: StaticString) {
    let erasing: StaticString = "\r\u{1B}[K"
    if hasStatusLine { _ = write(STDERR_FILENO, erasing.utf8Start, erasing.utf8CodeUnitCount) }
    _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  private static func seconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }
}
