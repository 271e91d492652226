internal import Foundation

extension Raster {
  /// Blurred with a Gaussian of standard deviation `sigma` in pixels, cut at three of them. Edges are repeated.
  func blurred(sigma: Double) -> Raster {
    let radius = min(Int((3 * sigma).rounded(.up)), max(width, height))
    guard sigma > 0.05, radius > 0 else { return self }
    var kernel = (-radius...radius).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
    let sum = kernel.reduce(0, +)
    kernel = kernel.map { $0 / sum }
    return alongRows(kernel).alongColumns(kernel)
  }

  private func alongRows(_ kernel: [Float]) -> Raster {
    var result = self
    let radius = kernel.count / 2
    var line = [Pixel](repeating: .zero, count: width + 2 * radius)
    let source = pixels.span
    var target = result.pixels.mutableSpan
    for y in 0..<height {
      let row = y * width
      for x in 0..<line.count { line[x] = source[row + min(max(x - radius, 0), width - 1)] }
      let padded = line.span
      for x in 0..<width {
        var sum = Pixel.zero
        for tap in 0..<kernel.count { sum = sum + padded[x + tap] * kernel[tap] }
        target[row + x] = sum
      }
    }
    return result
  }

  private func alongColumns(_ kernel: [Float]) -> Raster {
    var result = Raster(width: width, height: height)
    let radius = kernel.count / 2
    let source = pixels.span
    var target = result.pixels.mutableSpan
    for y in 0..<height {
      let row = y * width
      for tap in 0..<kernel.count {
        let from = min(max(y + tap - radius, 0), height - 1) * width
        let weight = kernel[tap]
        for x in 0..<width { target[row + x] = target[row + x] + source[from + x] * weight }
      }
    }
    return result
  }

  /// The mean over squares of side `2 * radius + 1`, `times` over: twice is a tent, and its cost does not depend on the
  /// radius. Edges are repeated.
  func boxBlurred(radius: Int, times: Int = 1) -> Raster {
    guard radius > 0 else { return self }
    var result = self
    for _ in 0..<times { result = result.boxAlongRows(radius).boxAlongColumns(radius) }
    return result
  }

  private func boxAlongRows(_ radius: Int) -> Raster {
    var result = self
    let share = 1 / Float(2 * radius + 1)
    let source = pixels.span
    var target = result.pixels.mutableSpan
    let last = width - 1
    for y in 0..<height {
      let row = y * width
      var sum = source[row] * Float(radius + 1)
      for x in 1...radius { sum = sum + source[row + min(x, last)] }
      for x in 0..<width {
        target[row + x] = sum * share
        sum = sum + source[row + min(x + radius + 1, last)] - source[row + max(x - radius, 0)]
      }
    }
    return result
  }

  private func boxAlongColumns(_ radius: Int) -> Raster {
    var result = self
    let share = 1 / Float(2 * radius + 1)
    let source = pixels.span
    var target = result.pixels.mutableSpan
    let last = height - 1
    var sums = (0..<width).map { source[$0] * Float(radius + 1) }
    for y in 1...radius {
      let row = min(y, last) * width
      for x in 0..<width { sums[x] = sums[x] + source[row + x] }
    }
    var running = sums.mutableSpan
    for y in 0..<height {
      let row = y * width
      let entering = min(y + radius + 1, last) * width
      let leaving = max(y - radius, 0) * width
      for x in 0..<width {
        let sum = running[x]
        target[row + x] = sum * share
        running[x] = sum + source[entering + x] - source[leaving + x]
      }
    }
    return result
  }
}
