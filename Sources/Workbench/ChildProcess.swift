import Foundation

/// A program in a session of its own, so that neither signals from the terminal nor its hang-up reach it.
enum ChildProcess {
  /// `POSIX_SPAWN_SETSID` of glibc, which Swift does not see.
  private static let newSession: Int16 = 0x80

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - command: the program, looked up as a shell does, and its arguments.
  ///   - input: the file that is its standard input.
  ///   - output: the file that its standard output is appended to.
  ///   - errors: the file for its standard error; `nil` for that of its output.
  ///   - descriptors: of this process, and what numbers they have there; all others are closed.
  /// - Returns: its number, which is also that of its group.
  /// - Throws: `POSIXError`, such as `ENOENT` for a program that is not there.
  static func start(
    _ command: [String], input: String = "/dev/null", output: String, errors: String? = nil,
    descriptors: [(here: Int32, there: Int32)] = []
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for pair in descriptors { posix_spawn_file_actions_adddup2(&actions, pair.here, pair.there) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o666)
    if let errors {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o666)
    } else {
      posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    }
    // This process ignores broken pipes; a program is not to inherit that.
    var usual = sigset_t()
    sigemptyset(&usual)
    sigaddset(&usual, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(&attributes, newSession | Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let code = posix_spawnp(&process, command.first ?? "", &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw POSIXError(.init(rawValue: code) ?? .EINVAL) }
    return process
  }
}
