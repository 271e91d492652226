// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .strictMemorySafety(),
]

/// The SIMD kernels are the targets built for AVX2 and FMA, and those without `unsafe` marks: they are the fence.
let kernels: [SwiftSetting] =
  house.dropLast()
  + {
    #if arch(x86_64)
      [.unsafeFlags(["-Xcc", "-mavx2", "-Xcc", "-mfma"])]
    #else
      []
    #endif
  }()

let package = Package(
  name: "unmask",
  products: [],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "CFFmpeg",
      linkerSettings: ["avformat", "avcodec", "swscale", "avutil"].map { .linkedLibrary($0) }),
    .target(name: "MediaKernels", swiftSettings: kernels),
    .target(name: "Media", dependencies: ["CFFmpeg", "MediaKernels"], swiftSettings: house),
    .testTarget(name: "MediaTests", dependencies: ["Media", "CFFmpeg"], swiftSettings: house),
    .executableTarget(name: "media-bench", dependencies: ["Media"], path: "Benchmarks/Media", swiftSettings: house),
    .systemLibrary(name: "CPrefetch"),
    .target(name: "NeuralKernels", dependencies: ["CPrefetch"], swiftSettings: kernels),
    .executableTarget(
      name: "kernel-bench", dependencies: ["NeuralKernels"], path: "Benchmarks/Kernels", swiftSettings: house),
    .testTarget(name: "NeuralKernelsTests", dependencies: ["NeuralKernels"], swiftSettings: house),
    .target(
      name: "Neural",
      dependencies: [
        "COpenBLAS", "NeuralKernels", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["ONNX/onnx.proto"],
      swiftSettings: house),
    .testTarget(
      name: "NeuralTests",
      dependencies: ["Neural", "NeuralKernels", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["onnx-node-manifest.txt", "onnx-node-exclusions.txt"], swiftSettings: house),
    .target(name: "Faces", dependencies: ["Media", "Neural"], swiftSettings: house),
    .executableTarget(
      name: "face-bench", dependencies: ["Faces", "Media"], path: "Benchmarks/Faces", swiftSettings: house),
    .testTarget(name: "FacesTests", dependencies: ["Faces", "Media", "Neural"], swiftSettings: house),
    .target(name: "Records", swiftSettings: house),
    .executableTarget(
      name: "record-bench", dependencies: ["Records"], path: "Benchmarks/Records", swiftSettings: house),
    .testTarget(name: "RecordsTests", dependencies: ["Records"], swiftSettings: house),
    .target(name: "Forensics", dependencies: ["Neural", "Media", "Faces"], swiftSettings: house),
    .testTarget(name: "ForensicsTests", dependencies: ["Forensics", "Media"], swiftSettings: house),
    .target(
      name: "Analysis", dependencies: ["Media", "Faces", "Forensics", "Neural", "Records"], swiftSettings: house),
    .testTarget(
      name: "AnalysisTests", dependencies: ["Analysis", "Media", "Faces", "Forensics"], swiftSettings: house),
    .target(
      name: "Scan",
      dependencies: [
        "Analysis", "Media", "Forensics", "Faces", "Records", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: house),
    .testTarget(
      name: "ScanTests",
      dependencies: [
        "Scan", "Analysis", "Forensics", "Media", "Records", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: house),
    .target(
      name: "Watch",
      dependencies: [
        "Analysis", "Media", "Forensics", "Faces", "Records",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      resources: ["page.html", "page.css", "page.js", "card.js", "timeline.js", "words.js", "daemon.js", "icon.svg"]
        .map { .embedInCode("Health/Page/\($0)") },
      swiftSettings: house),
    .testTarget(
      name: "WatchTests",
      dependencies: [
        "Watch", "Analysis", "Forensics", "Faces", "Media", "Records", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: house),
    .target(name: "NeuralTraining", dependencies: ["Neural", "NeuralKernels"], swiftSettings: house),
    .testTarget(
      name: "NeuralTrainingTests", dependencies: ["NeuralTraining", "Neural"], exclude: ["Golden"], swiftSettings: house
    ),
    .target(
      name: "Training",
      dependencies: ["NeuralTraining", "Analysis", "Forensics", "Faces", "Media", "Neural", "Records"],
      swiftSettings: house),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "NeuralTraining", "Forensics", "Faces", "Media", "Neural"],
      exclude: ["Forging/Golden"],
      swiftSettings: house),
    .executableTarget(
      name: "forge-bench", dependencies: ["Training", "Faces", "CMalloc"], path: "Benchmarks/Forge",
      swiftSettings: house),
    .executableTarget(
      name: "unmask",
      dependencies: [
        "Scan", "Watch", "Training", "Analysis", "Records", "Forensics", "Faces", "Media", "Neural", "CMalloc",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house),
    .testTarget(name: "CommandLineTests", dependencies: ["unmask"], swiftSettings: house),
    .executableTarget(
      name: "frame-bench", dependencies: ["Media", "Faces", "Forensics"], path: "Benchmarks/Frame",
      swiftSettings: house),
  ]
)
