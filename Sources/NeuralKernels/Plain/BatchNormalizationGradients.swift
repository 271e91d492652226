/// Σ x over one line, eight lanes at a time.
public func lineSum(_ x: UnsafePointer<Float>, count: Int) -> Double {
  var lanes = splat(0)
  var i = 0
  var total = 0.0
  // Partial sums of a few thousand keep the error of single precision far below that of the values.
  while i + 8 <= count {
    let end = min(i + 8 * 512, count - 7)
    lanes = splat(0)
    while i < end {
      lanes += load(x + i)
      i += 8
    }
    total += Double(lanes.sum())
  }
  while i < count {
    total += Double(x[i])
    i += 1
  }
  return total
}

/// Σ (x − mean)² over one line.
public func lineSquares(_ x: UnsafePointer<Float>, mean: Float, count: Int) -> Double {
  let center = splat(mean)
  var i = 0
  var total = 0.0
  while i + 8 <= count {
    let end = min(i + 8 * 512, count - 7)
    var lanes = splat(0)
    while i < end {
      let distance = load(x + i) - center
      lanes += distance * distance
      i += 8
    }
    total += Double(lanes.sum())
  }
  while i < count {
    let distance = Double(x[i] - mean)
    total += distance * distance
    i += 1
  }
  return total
}

/// Σ dz and Σ dz · (x − mean) over one line, where dz is `dy`, or 0 where `y` is given and not positive.
public func normalizationSums(
  x: UnsafePointer<Float>, y: UnsafePointer<Float>?, dy: UnsafePointer<Float>, mean: Float, count: Int
) -> (gradient: Double, product: Double) {
  let center = splat(mean)
  let zero = splat(0)
  var i = 0
  var (gradient, product) = (0.0, 0.0)
  while i + 8 <= count {
    let end = min(i + 8 * 512, count - 7)
    var (sums, products) = (splat(0), splat(0))
    while i < end {
      var dz = load(dy + i)
      if let y { dz = zero.replacing(with: dz, where: load(y + i) .> zero) }
      sums += dz
      products = products.addingProduct(dz, load(x + i) - center)
      i += 8
    }
    gradient += Double(sums.sum())
    product += Double(products.sum())
  }
  while i < count {
    let dz = y.map { $0[i] > 0 ? dy[i] : 0 } ?? dy[i]
    gradient += Double(dz)
    product += Double(dz) * Double(x[i] - mean)
    i += 1
  }
  return (gradient, product)
}

/// dx = scale · (dz − shift − (x − mean) · slope) over one line, dz as in `normalizationSums`.
public func normalizationGradient(
  x: UnsafePointer<Float>, y: UnsafePointer<Float>?, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>,
  mean: Float, scale: Float, shift: Float, slope: Float, adding: Bool, count: Int
) {
  if let y {
    for i in 0..<count {
      let dz = y[i] > 0 ? dy[i] : 0
      let value = scale * (dz - shift - (x[i] - mean) * slope)
      dx[i] = adding ? dx[i] + value : value
    }
  } else {
    for i in 0..<count {
      let value = scale * (dy[i] - shift - (x[i] - mean) * slope)
      dx[i] = adding ? dx[i] + value : value
    }
  }
}
