import Foundation
import Primitives
import Testing

@testable import Records

/// The bytes that TensorBoard's own messages have, by `scripts/fixtures/events.py`.
@Suite struct EventFileTests {
  private static let time = 1_700_000_000.0
  private static let first = "GAAAAAAAAACjf0siCQAAAED8VNlBGg1icmFpbi5FdmVudDoy7O2PnQ=="

  /// What a function adds to a file, after the first record.
  private func added(_ fill: (inout EventFile) -> Void) -> String {
    var file = EventFile(time: Self.time)
    let start = file.bytes.count
    fill(&file)
    return file.bytes.dropFirst(start).base64EncodedString()
  }

  @Test func `checks are those of their standards`() {
    // The check values of both standards: those of the digits 1 to 9.
    #expect(CyclicCheck.crc32c("123456789".utf8) == 0xE306_9283)
    #expect(CyclicCheck.crc32("123456789".utf8) == 0xCBF4_3926)
    #expect(CyclicCheck.crc32("".utf8) == 0)
  }

  @Test func `a file begins with its version`() {
    #expect(EventFile(time: Self.time).bytes.base64EncodedString() == Self.first)
  }

  @Test func `numbers, pictures, texts and a restart are the bytes that TensorBoard writes`() {
    #expect(added { $0.restart(step: 300) } == "EAAAAAAAAACV+/4YCQAAAED8VNlBEKwCOgIIAZVBBhg=")
    #expect(
      added { $0.scalar("reward/mean", 0.1, step: 1) }
        == "NwAAAAAAAADn6MpZCQAAAED8VNlBEAEqKgooCgtyZXdhcmQvbWVhbkIKCAESACoEzczMPUoNCgkKB3NjYWxhcnMgAZXVFXg=")
    #expect(
      added { $0.images("samples", [Array("PNG 1".utf8), Array("PNG 2".utf8)], width: 2, height: 1, step: 7) }
        == "RAAAAAAAAABDWS6aCQAAAED8VNlBEAcqNwo1CgdzYW1wbGVzQhwIBxIEEgIIBEIBMkIBMUIFUE5HIDFCBVBORyAySgwKCAoGaW1hZ2VzIAON"
        + "5Fj1")
    #expect(
      added { $0.texts("samples", ["**a**", ""], step: 7) }
        == "NwAAAAAAAADn6MpZCQAAAED8VNlBEAcqKgooCgdzYW1wbGVzQhEIBxIEEgIIAkIFKiphKipCAEoKCgYKBHRleHQgAvVs97M=")
  }

  @Test func `settings are the bytes that TensorBoard writes, zero and false among them`() {
    let bytes = added {
      $0.settings(
        [("think", .bool(false)), ("lr", .number(0)), ("loss", .text("grpo"))], metrics: ["reward"], group: "group",
        status: .succeeded)
    }
    let expected = [
      "ZQAAAAAAAADr0FppCQAAAED8VNlBKloKWAoUX2hwYXJhbXNfL2V4cGVyaW1lbnRCBggBEgISAEo4CjYKB2hwYXJhbXMSKxIpIgkKBXRoaW5rIAIi"
        + "BgoCbHIgAyIICgRsb3NzIAEqCgoIEgZyZXdhcmTj4qsP",
      "ggAAAAAAAAB7P8NfCQAAAED8VNlBKncKdQocX2hwYXJhbXNfL3Nlc3Npb25fc3RhcnRfaW5mb0IGCAESAhIASk0KSwoHaHBhcmFtcxJAGj4KDgoE"
        + "bG9zcxIGGgRncnBvCg8KAmxyEgkRAAAAAAAAAAAKCwoFdGhpbmsSAiAAIgVncm91cCkAAABA/FTZQWIKbAQ=",
      "TQAAAAAAAAA9Y9SmCQAAAED8VNlBKkIKQAoaX2hwYXJhbXNfL3Nlc3Npb25fZW5kX2luZm9CBggBEgISAEoaChgKB2hwYXJhbXMSDSILCAERAAAA"
        + "QPxU2UHlaiG0",
    ].compactMap { Data(base64Encoded: $0) }.reduce(Data(), +)
    #expect(Data(base64Encoded: bytes) == expected)
  }

  @Test func `a later file of a folder sorts after the earlier ones, even within one second`() throws {
    let folder = NSTemporaryDirectory() + "easel-events-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(!EventFile.isFound(in: folder))
    let paths = try (0..<12).map { _ in try EventFile(time: Self.time).write(to: folder, process: 42) }
    #expect(paths[0] == folder + "/events.out.tfevents.1700000000.easel.42.0")
    #expect(paths == paths.sorted())
    #expect(Set(paths).count == 12)
    #expect(EventFile.isFound(in: folder))
    #expect(try AtomicFile.read(paths[11]).base64EncodedString() == Self.first)
  }
}
