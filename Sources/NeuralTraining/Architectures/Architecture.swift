public import Neural

/// The architectures this project trains, by name.
public enum Architecture: String, Sendable, Hashable, CaseIterable {
  /// The U-Net of 32 features and 5 steps.
  case unet
  /// The U-Net of 16 features and 6 steps.
  case unetV1 = "unet_v1"
  /// `unet` with a real/fake head, whose answer gates the mask.
  case gatedUNet = "gated_unet"
  /// As `gatedUNet`, of 16 features and 6 steps.
  case gatedUNetV1 = "gated_unet_v1"
  /// The U-Net over wavelet bands with a real/fake head, this project's own.
  case haarUNet = "haar_unet"
  /// ShallowNet V1 at 64×64.
  case shallowNetV1 = "shallownet_v1"
  /// ShallowNet V3 at 64×64.
  case shallowNetV3 = "shallownet_v3"
  /// The AlexNet variant of FakeTalkerDetect at 64×64.
  case talkerNet = "talkernet"
  /// The variational autoencoder of OC-FakeDect at 100×100.
  case oneClassAutoencoder = "oc_fakedect"

  /// The architecture with fresh weights.
  ///
  /// - Throws: `ModelError` if the side does not suit it.
  public func model(seed: UInt64) throws(ModelError) -> Model {
    switch self {
    case .unet: try UNet(base: 32, levels: 5).model(seed: seed)
    case .unetV1: try UNet(base: 16, levels: 6).model(seed: seed)
    case .gatedUNet: try UNet(base: 32, levels: 5, isGated: true).model(seed: seed)
    case .gatedUNetV1: try UNet(base: 16, levels: 6, isGated: true).model(seed: seed)
    case .haarUNet: try HaarUNet().model(seed: seed)
    case .shallowNetV1: try ShallowNet.first(side: 64, seed: seed)
    case .shallowNetV3: try ShallowNet.third(side: 64, seed: seed)
    case .talkerNet: try TalkerNet.model(side: 64, seed: seed)
    case .oneClassAutoencoder: try OneClassAutoencoder.model(seed: seed)
    }
  }
}
