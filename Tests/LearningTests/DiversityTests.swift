import Learning
import Testing

struct DiversityTests {
  @Test func `the Vendi score agrees with the eigenvalues of PyTorch`() {
    #expect(abs(Diversity.vendi(PolicyFixture.pictures) - PolicyFixture.vendi) < 1e-9)
  }

  @Test func `equal pictures are one, entirely different ones are as many as there are`() {
    #expect(abs(Diversity.vendi(Array(repeating: [1, 2, 3], count: 5)) - 1) < 1e-12)
    #expect(abs(Diversity.vendi([[0, 0], [1, 1], [2, 2], [3, 3]]) - 4) < 1e-12)
    #expect(abs(Diversity.vendi([[0, 0], [0, 0], [2, 2], [2, 2]]) - 2) < 1e-12)
    #expect(Diversity.vendi([]).isNaN)
    #expect(abs(Diversity.vendi([[7]]) - 1) < 1e-12)
  }

  @Test func `distinct pictures are a share`() {
    #expect(Diversity.distinct([[1, 2], [1, 2], [2, 1], [1, 2]]) == 0.5)
    #expect(Diversity.distinct([]).isNaN)
  }
}
