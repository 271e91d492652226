public import Neural

/// The variational autoencoder of OC-FakeDect (Khalid and Woo, 2020), trained on real faces only: what it cannot
/// reproduce is suspect.
///
/// Inputs `input` (N, 3, 100, 100) in −1…1 and `noise` (N, 1024), standard normal while training and zero otherwise.
/// Outputs `reconstruction` like `input`, `mean` and `log_variance` (N, 1024).
public enum OneClassAutoencoder {
  public static func model(seed: UInt64) throws(ModelError) -> Model {
    var builder = ModelBuilder(seed: seed)
    var x = try builder.input("input", [3, 100, 100])
    let noise = try builder.input("noise", [1024])
    for (index, (features, stride)) in [(16, 1), (32, 2), (64, 1), (16, 2)].enumerated() {
      let name = "encoder.\(index)"
      x = try builder.conv(name + ".conv", x, to: features, kernel: 3, stride: stride, padding: 1, bias: false)
      x = try builder.relu(name + ".relu", try builder.batchNorm(name + ".norm", x))
    }
    let size = x.shape
    x = try dense("code", try builder.flatten("flat", x), to: 1024, &builder)
    let mean = try builder.gemm("mu", x, to: 1024)
    let logVariance = try builder.gemm("log_sigma", x, to: 1024)
    let deviation = try builder.exp("sigma", try builder.scaled("half_log_sigma", logVariance, by: 0.5))
    x = try builder.sum("sample", mean, try builder.product("spread", deviation, noise))
    x = try dense("decoder.code", x, to: 1024, &builder)
    x = try dense("decoder.map", x, to: size.count, &builder)
    x = try builder.reshape("decoder.shape", x, to: Array(size.dimensions.dropFirst()))
    for (index, (features, stride)) in [(64, 1), (32, 2), (16, 1), (3, 2)].enumerated() {
      let name = "decoder.\(index)"
      x = try builder.convTranspose(
        name + ".conv", x, to: features, kernel: 3, stride: stride, padding: 1, outputPadding: stride - 1)
      if index < 3 { x = try builder.relu(name + ".relu", try builder.batchNorm(name + ".norm", x)) }
    }
    try builder.output("reconstruction", x)
    try builder.output("mean", mean)
    try builder.output("log_variance", logVariance)
    return try builder.model()
  }

  /// Dense layer, normalisation, rectifier.
  private static func dense(
    _ name: String, _ x: ModelBuilder.Value, to features: Int, _ builder: inout ModelBuilder
  ) throws(ModelError) -> ModelBuilder.Value {
    try builder.relu(
      name + ".relu", try builder.batchNorm(name + ".norm", try builder.gemm(name + ".dense", x, to: features)))
  }
}
