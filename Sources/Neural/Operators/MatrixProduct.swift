internal import COpenBLAS
internal import NeuralKernels

/// Multiply-adds up to which a product is done by the plain kernel: beyond it OpenBLAS is faster, and allocates nothing.
private let smallProductLimit = 1_000_000

/// C = scale · A · B + adding · C over row-major matrices with the given distances between rows; A and B are read
/// transposed where so marked.
@unsafe package func matrixProduct(
  rows: Int, columns: Int, depth: Int, a: UnsafePointer<Float>, aStride: Int, aTransposed: Bool = false,
  b: UnsafePointer<Float>, bStride: Int, bTransposed: Bool = false, c: UnsafeMutablePointer<Float>, cStride: Int,
  scale: Float = 1, adding: Float = 0
) {
  guard rows > 0, columns > 0 else { return }
  if rows &* columns &* depth <= smallProductLimit {
    return unsafe smallProduct(
      rows: rows, columns: columns, depth: depth, a: a, aRow: aTransposed ? 1 : aStride,
      aColumn: aTransposed ? aStride : 1, b: b, bStride: bStride, bTransposed: bTransposed, c: c, cStride: cStride,
      scale: scale, adding: adding)
  }
  unsafe cblas_sgemm(
    CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
    Int32(rows), Int32(columns), Int32(depth), scale, a, Int32(max(aStride, 1)), b, Int32(max(bStride, 1)), adding, c,
    Int32(max(cStride, 1)))
}
