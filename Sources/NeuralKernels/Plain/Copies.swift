/// Copies `count` elements that lie `step` apart onto neighbouring ones.
public func copyStrided(
  _ source: UnsafePointer<Float>, step: Int, to target: UnsafeMutablePointer<Float>, count: Int
) {
  if step == 1 {
    target.update(from: source, count: count)
  } else if step == 0 {
    target.update(repeating: source.pointee, count: count)
  } else {
    for i in 0..<count { target[i] = source[i * step] }
  }
}
