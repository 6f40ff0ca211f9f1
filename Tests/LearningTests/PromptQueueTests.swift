import Learning
import Testing

struct PromptQueueTests {
  @Test func `every epoch visits every prompt once, in an order of its own`() {
    var queue = PromptQueue(count: 10, seed: 3)
    let first = queue.take(10)
    let second = queue.take(10)
    #expect(first.sorted() == Array(0..<10))
    #expect(second.sorted() == Array(0..<10))
    #expect(first != second)
  }

  @Test func `the order does not depend on the size of the pieces`() {
    var whole = PromptQueue(count: 7, seed: 3)
    var pieces = PromptQueue(count: 7, seed: 3)
    let all = whole.take(20)
    #expect(all == pieces.take(3) + pieces.take(0) + pieces.take(16) + pieces.take(1))
    #expect(whole == pieces)
    #expect(whole.epoch == 2)
  }

  @Test func `what is given back comes next`() {
    var queue = PromptQueue(count: 9, seed: 1)
    let taken = queue.take(4)
    queue.giveBack(Array(taken[2...]))
    var other = PromptQueue(count: 9, seed: 1)
    _ = other.take(2)
    #expect(queue.take(5) == other.take(5))
  }

  @Test func `a queue of one prompt repeats it`() {
    var queue = PromptQueue(count: 1, seed: 0)
    #expect(queue.take(3) == [0, 0, 0])
  }
}
