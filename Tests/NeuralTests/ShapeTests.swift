import Neural
import Testing

@Suite("Shape") struct ShapeTests {
  @Test("a product that overflows counts as the greatest number, and an empty axis empties the whole")
  func productsNeverTrap() {
    #expect(Shape([1 << 40, 1 << 40]).count == Int.max)
    #expect(Shape([1 << 40, 0, 1 << 40]).count == 0)
    #expect(Shape([]).count == 1)
  }
}
