/// C = scale · A · B + adding · C for small matrices, where a BLAS spends more on preparing than on multiplying (and
/// OpenBLAS allocates memory at every call).
///
/// Element (i, k) of A lies at `a[i * aRow + k * aColumn]`; row k of B begins at `b + k * bStride`, or, transposed,
/// column k. Multiply-adds: rows · columns · depth.
public func smallProduct(
  rows: Int, columns: Int, depth: Int, a: UnsafePointer<Float>, aRow: Int, aColumn: Int, b: UnsafePointer<Float>,
  bStride: Int, bTransposed: Bool, c: UnsafeMutablePointer<Float>, cStride: Int, scale: Float, adding: Float
) {
  for row in 0..<rows {
    let line = a + row * aRow
    let out = c + row * cStride
    if bTransposed {
      for column in 0..<columns {
        let sum = dot(line, aColumn, b + column * bStride, count: depth)
        out[column] = scale * sum + (adding == 0 ? 0 : adding * out[column])
      }
      continue
    }
    var column = 0
    while column + 32 <= columns {
      var (s0, s1, s2, s3) = (splat(0), splat(0), splat(0), splat(0))
      var source = b + column
      for k in 0..<depth {
        let factor = splat(line[k * aColumn])
        s0 = s0.addingProduct(factor, load(source))
        s1 = s1.addingProduct(factor, load(source + 8))
        s2 = s2.addingProduct(factor, load(source + 16))
        s3 = s3.addingProduct(factor, load(source + 24))
        source += bStride
      }
      finish(s0, out + column, scale, adding)
      finish(s1, out + column + 8, scale, adding)
      finish(s2, out + column + 16, scale, adding)
      finish(s3, out + column + 24, scale, adding)
      column += 32
    }
    while column + 8 <= columns {
      var sum = splat(0)
      var source = b + column
      for k in 0..<depth {
        sum = sum.addingProduct(splat(line[k * aColumn]), load(source))
        source += bStride
      }
      finish(sum, out + column, scale, adding)
      column += 8
    }
    while column < columns {
      var sum: Float = 0
      for k in 0..<depth { sum += line[k * aColumn] * b[k * bStride + column] }
      out[column] = scale * sum + (adding == 0 ? 0 : adding * out[column])
      column += 1
    }
  }
}

/// What lies in C counts only with a factor: it may be anything before the first product.
@inline(__always)
private func finish(_ sum: SIMD8<Float>, _ out: UnsafeMutablePointer<Float>, _ scale: Float, _ adding: Float) {
  let scaled = sum * splat(scale)
  store(adding == 0 ? scaled : scaled.addingProduct(splat(adding), load(out)), out)
}

/// Σ a[k · step] · b[k]
@inline(__always)
private func dot(_ a: UnsafePointer<Float>, _ step: Int, _ b: UnsafePointer<Float>, count: Int) -> Float {
  var k = 0
  var sum: Float = 0
  if step == 1 {
    var lanes = splat(0)
    while k + 8 <= count {
      lanes = lanes.addingProduct(load(a + k), load(b + k))
      k += 8
    }
    sum = lanes.sum()
  }
  while k < count {
    sum += a[k * step] * b[k]
    k += 1
  }
  return sum
}
