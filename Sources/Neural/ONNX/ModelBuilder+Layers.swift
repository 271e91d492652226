extension ModelBuilder {
  /// A convolution of square windows. `fixed` weights, (channels, inputs / groups, kernel, kernel), are taken as they
  /// are instead of random ones, and their name, which ends in `.fixed`, keeps training from changing them.
  public mutating func conv(
    _ name: String, _ x: Value, to channels: Int, kernel: Int = 1, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1, bias: Bool = true, fixed weights: [Float]? = nil
  ) throws(ModelError) -> Value {
    try conv(
      name, x, to: channels, kernel: kernel, stride: stride, pads: [padding, padding, padding, padding],
      dilation: dilation, groups: groups, bias: bias, fixed: weights)
  }

  /// A convolution whose padding is given for each side: top, left, bottom, right.
  public mutating func conv(
    _ name: String, _ x: Value, to channels: Int, kernel: Int, stride: Int = 1, pads: [Int], dilation: Int = 1,
    groups: Int = 1, bias: Bool = true, fixed weights: [Float]? = nil
  ) throws(ModelError) -> Value {
    guard x.shape.rank == 4, groups > 0, x.shape[1] % groups == 0 else {
      throw ModelError(.invalid, "layer `\(name)`: \(x.shape) in \(groups) groups cannot be convolved")
    }
    let shape: Shape = [channels, x.shape[1] / groups, kernel, kernel]
    let weight: Value
    if let weights {
      guard weights.count == shape.count else {
        throw ModelError(.invalid, "layer `\(name)`: \(weights.count) weights for a shape of \(shape)")
      }
      weight = try constant(name + Graph.fixedSuffix, Tensor(shape, floats: weights))
    } else {
      weight = try self.weight(name + ".weight", shape, inputs: shape.count / max(channels, 1))
    }
    let shift = bias ? try filled(name + ".bias", [channels], 0) : nil
    return try add(
      name, "Conv", [x, weight] + (shift.map { [$0] } ?? []),
      [
        "kernel_shape": .ints([kernel, kernel]), "strides": .ints([stride, stride]), "pads": .ints(pads),
        "dilations": .ints([dilation, dilation]), "group": .int(groups),
      ])
  }

  /// A transposed convolution of square windows.
  public mutating func convTranspose(
    _ name: String, _ x: Value, to channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, bias: Bool = true
  ) throws(ModelError) -> Value {
    guard x.shape.rank == 4 else { throw ModelError(.invalid, "layer `\(name)`: \(x.shape) cannot be convolved") }
    // Each output element is made of about this many inputs.
    let inputs = max(x.shape[1] * kernel * kernel / (stride * stride), 1)
    let weight = try self.weight(name + ".weight", [x.shape[1], channels, kernel, kernel], inputs: inputs)
    let shift = bias ? try filled(name + ".bias", [channels], 0) : nil
    return try add(
      name, "ConvTranspose", [x, weight] + (shift.map { [$0] } ?? []),
      [
        "kernel_shape": .ints([kernel, kernel]), "strides": .ints([stride, stride]),
        "pads": .ints([padding, padding, padding, padding]),
        "output_padding": .ints([outputPadding, outputPadding]),
      ])
  }

  /// A normalisation of each channel, with its scale, bias and running statistics.
  public mutating func batchNorm(
    _ name: String, _ x: Value, epsilon: Float = 1e-5, momentum: Float = 0.9
  ) throws(ModelError) -> Value {
    guard x.shape.rank >= 2 else { throw ModelError(.invalid, "layer `\(name)`: \(x.shape) has no channels") }
    let channels: Shape = [x.shape[1]]
    let scale = try filled(name + ".weight", channels, 1)
    let bias = try filled(name + ".bias", channels, 0)
    let mean = try filled(name + ".running_mean", channels, 0)
    let variance = try filled(name + ".running_var", channels, 1)
    return try add(
      name, "BatchNormalization", [x, scale, bias, mean, variance],
      ["epsilon": .float(epsilon), "momentum": .float(momentum)])
  }

  /// A fully connected layer over (N, features).
  public mutating func gemm(_ name: String, _ x: Value, to features: Int, bias: Bool = true) throws(ModelError) -> Value
  {
    guard x.shape.rank == 2 else { throw ModelError(.invalid, "layer `\(name)`: \(x.shape) must be flattened before") }
    let weight = try self.weight(name + ".weight", [features, x.shape[1]], inputs: x.shape[1])
    let shift = bias ? try filled(name + ".bias", [features], 0) : nil
    return try add(name, "Gemm", [x, weight] + (shift.map { [$0] } ?? []), ["transB": .int(1)])
  }

  public mutating func maxPool(
    _ name: String, _ x: Value, kernel: Int = 2, stride: Int = 2, padding: Int = 0
  ) throws(ModelError) -> Value { try add(name, "MaxPool", [x], Self.window(kernel, stride, padding)) }

  public mutating func averagePool(
    _ name: String, _ x: Value, kernel: Int = 2, stride: Int = 2, padding: Int = 0
  ) throws(ModelError) -> Value { try add(name, "AveragePool", [x], Self.window(kernel, stride, padding)) }

  /// The mean of each channel: (N, C, 1, 1).
  public mutating func globalAveragePool(_ name: String, _ x: Value) throws(ModelError) -> Value {
    try add(name, "GlobalAveragePool", [x])
  }

  /// The maximum of each channel: (N, C, 1, 1).
  public mutating func globalMaxPool(_ name: String, _ x: Value) throws(ModelError) -> Value {
    try add(name, "GlobalMaxPool", [x])
  }

  /// The values side by side along an axis, by default the channels.
  public mutating func concat(_ name: String, _ values: [Value], axis: Int = 1) throws(ModelError) -> Value {
    try add(name, "Concat", values, ["axis": .int(axis)])
  }

  /// (N, features).
  public mutating func flatten(_ name: String, _ x: Value) throws(ModelError) -> Value {
    try add(name, "Flatten", [x], ["axis": .int(1)])
  }

  /// (N, sizes…).
  public mutating func reshape(_ name: String, _ x: Value, to sizes: [Int]) throws(ModelError) -> Value {
    let target = try constant(name + ".shape", Tensor([sizes.count + 1], integers: ([0] + sizes).map(Int64.init)))
    return try add(name, "Reshape", [x, target])
  }

  /// Sets a part of the elements to zero while training; does nothing otherwise.
  public mutating func dropout(_ name: String, _ x: Value, ratio: Float) throws(ModelError) -> Value {
    let ratio = try constant(name + ".ratio", Tensor([], floats: [ratio]))
    return try add(name, "Dropout", [x, ratio])
  }

  public mutating func relu(_ name: String, _ x: Value) throws(ModelError) -> Value { try add(name, "Relu", [x]) }

  public mutating func sigmoid(_ name: String, _ x: Value) throws(ModelError) -> Value {
    try add(name, "Sigmoid", [x])
  }

  public mutating func softmax(_ name: String, _ x: Value, axis: Int = 1) throws(ModelError) -> Value {
    try add(name, "Softmax", [x], ["axis": .int(axis)])
  }

  public mutating func exp(_ name: String, _ x: Value) throws(ModelError) -> Value { try add(name, "Exp", [x]) }

  /// Sum with broadcasting.
  public mutating func sum(_ name: String, _ a: Value, _ b: Value) throws(ModelError) -> Value {
    try add(name, "Add", [a, b])
  }

  /// Product with broadcasting.
  public mutating func product(_ name: String, _ a: Value, _ b: Value) throws(ModelError) -> Value {
    try add(name, "Mul", [a, b])
  }

  /// `x` times a constant.
  public mutating func scaled(_ name: String, _ x: Value, by factor: Float) throws(ModelError) -> Value {
    try add(name, "Mul", [x, try constant(name + ".factor", Tensor([], floats: [factor]))])
  }

  /// Enlarged by bilinear interpolation, pixel centres at halves.
  public mutating func enlarged(_ name: String, _ x: Value, by factor: Float) throws(ModelError) -> Value {
    let scales = try constant(name + ".scales", Tensor([4], floats: [1, 1, factor, factor]))
    return try add(
      name, "Resize", [x, nil, scales],
      ["mode": .string("linear"), "coordinate_transformation_mode": .string("half_pixel")])
  }

  private static func window(_ kernel: Int, _ stride: Int, _ padding: Int) -> [String: AttributeValue] {
    [
      "kernel_shape": .ints([kernel, kernel]), "strides": .ints([stride, stride]),
      "pads": .ints([padding, padding, padding, padding]),
    ]
  }
}
