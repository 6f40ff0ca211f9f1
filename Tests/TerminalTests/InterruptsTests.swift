import Glibc
import Primitives
import Testing

@testable import Terminal

struct InterruptsTests {
  @Test func `a second within three seconds abandons the step, a later one does not`() {
    let token = StopToken()
    let interrupts = Interrupts(token: token)
    interrupts.whileRunning {
      interrupts.interrupt(at: 100)
      #expect(token.stage == .finishStep)
      interrupts.interrupt(at: 104)
      #expect(token.stage == .finishStep)
      interrupts.interrupt(at: 107)
      #expect(token.stage == .abandonStep)
    }
  }

  @Test func `the next cell starts without a request`() {
    let token = StopToken()
    let interrupts = Interrupts(token: token)
    interrupts.whileRunning { interrupts.interrupt(at: 1) }
    #expect(interrupts.whileRunning { token.stage } == .running)
  }

  @Test func `at the prompt a signal wakes the editor and raises nothing`() {
    let token = StopToken()
    let interrupts = Interrupts(token: token)
    interrupts.handle(SIGINT)
    interrupts.handle(SIGWINCH)
    #expect(interrupts.nextWake() == .interrupt)
    #expect(interrupts.nextWake() == .resize)
    #expect(interrupts.nextWake() == nil)
    #expect(token.stage == .running)
  }

  @Test func `SIGTERM is a first Ctrl-C after which the session ends`() {
    let token = StopToken()
    let interrupts = Interrupts(token: token)
    interrupts.whileRunning { interrupts.handle(SIGTERM) }
    #expect(token.stage == .finishStep)
    #expect(interrupts.isTerminating)
  }
}
