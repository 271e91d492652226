import CFFmpeg
import MediaKernels

/// Cuts rectangles out of frames and scales them, straight from the decoder's planes to planar RGB.
///
/// Shrinking averages areas as OpenCV's INTER_AREA does, enlarging interpolates between pixel centres as INTER_LINEAR
/// does, each axis by itself. Colour is converted after scaling, for the pixels that are left. Interlaced frames are
/// sampled from their first field. One sampler serves one thread; its buffers are kept, only a few small descriptions of
/// planes and filters are made anew.
@safe public final class FrameSampler {
  private var filtersX = AxisFilters()
  private var filtersY = AxisFilters()
  private var accumulated = Scratch<Float>(filledWith: 0)
  private var taken = Scratch<Float>(filledWith: 0)
  private var rows = Scratch<Float>(filledWith: 0)
  private let converter = PictureConverter()
  // The layout of the frame last seen: many faces are cut out of one frame.
  private var layout: PlaneLayout?
  private var layoutSerial = -1

  public init() {}

  /// Scales `area` of the shown picture to `size` and writes (v − mean) · scale for v in 0...255, planar R, G, B:
  /// shape (3, height, width). Where the area reaches outside the picture, v is `outside`.
  ///
  /// - Precondition: `planarRGB` holds 3 · width · height numbers; area and size are not empty.
  public func sample(
    _ area: Rectangle, of frame: Frame, to size: PixelSize, mean: Float, scale: Float, outside: Float,
    into planarRGB: inout MutableSpan<Float>
  ) {
    precondition(size.width > 0 && size.height > 0 && planarRGB.count == 3 * size.pixels, "the output has another size")
    precondition(area.width > 0 && area.height > 0 && area.isFinite, "an area to sample is not empty")
    unsafe planarRGB.withUnsafeMutableBufferPointer { output in
      guard let output = output.baseAddress else { return }
      unsafe frame.withPlanes { picture in
        guard let layout = unsafe layout(of: frame, picture) else {
          // Neither we nor swscale can read the format: the picture counts as outside.
          unsafe output.update(repeating: (outside - mean) * scale, count: 3 * size.pixels)
          return
        }
        let placement = Placement(area, of: frame, to: size)
        let finish = Finish(mean: mean, scale: scale, outside: outside)
        unsafe resample(layout, placement, frame.orientation.swapsAxes, size, finish, output)
      }
    }
  }

  private struct Finish {
    let mean: Float
    let scale: Float
    let outside: Float
  }

  private func layout(of frame: Frame, _ picture: UnsafePointer<AVFrame>) -> PlaneLayout? {
    if frame.serial == layoutSerial { return layout }
    if let direct = unsafe PlaneLayout(picture) {
      layout = direct
    } else {
      layout = unsafe converter.convert(picture, serial: frame.serial).flatMap { unsafe PlaneLayout($0) }
    }
    layoutSerial = frame.serial
    return layout
  }

  private func resample(
    _ layout: PlaneLayout, _ placement: Placement, _ swapsAxes: Bool, _ size: PixelSize, _ finish: Finish,
    _ output: UnsafeMutablePointer<Float>
  ) {
    // Columns and rows of the output as the stored picture lies.
    let columns = swapsAxes ? size.height : size.width
    let lines = swapsAxes ? size.width : size.height
    let components = layout.components
    filtersX.prepare(placement.x, count: columns, components[0].width, isField: false)
    filtersY.prepare(placement.y, count: lines, placement.storedHeight, isField: layout.isField)
    filtersX.build(0, length: components[0].width, shift: 0, chromaOffset: 0)
    filtersY.build(0, length: components[0].height, shift: 0, chromaOffset: 0)
    let isSubsampled = components.count == 3 && (components[1].shiftX > 0 || components[1].shiftY > 0)
    if isSubsampled {
      let chroma = components[1]
      filtersX.build(
        1, length: chroma.width, shift: chroma.shiftX, chromaOffset: chroma.shiftX > 0 ? layout.chromaOffset.x : 0)
      filtersY.build(
        1, length: chroma.height, shift: chroma.shiftY, chromaOffset: chroma.shiftY > 0 ? layout.chromaOffset.y : 0)
    }
    rows.reserve(6 * columns, filledWith: 0)
    let colour = [layout.colour.red, layout.colour.green, layout.colour.blue]
    for line in 0..<lines {
      var previous = -1
      for (index, component) in components.enumerated() {
        let row = unsafe rows.base + index * columns
        let isChroma = isSubsampled && index > 0
        let sharesRows =
          previous >= 0 && components[previous].plane == component.plane
          && components[previous].step == component.step && isChroma == (isSubsampled && previous > 0)
        if isChroma {
          unsafe makeRow(component, layout.sampleType, filtersX.chroma, filtersY.chroma, line, sharesRows, row)
        } else {
          unsafe makeRow(component, layout.sampleType, filtersX.luma, filtersY.luma, line, sharesRows, row)
        }
        previous = index
      }
      let grey = components.count == 1
      let first = unsafe rows.base
      let second = unsafe grey ? first : first + columns
      let third = unsafe grey ? first : first + 2 * columns
      for channel in 0..<3 {
        let plane = unsafe output + channel * size.pixels
        let target = unsafe swapsAxes ? rows.base + 3 * columns : plane + line * columns
        unsafe mixColour(
          first, second, third, row: colour[channel], count: columns, mean: finish.mean, scale: finish.scale,
          into: target)
        if filtersX.isPartial || filtersY.isPartial {
          unsafe coverRow(
            target, coverage: filtersX.coverage, share: filtersY.coverage[line],
            constant: (finish.outside - finish.mean) * finish.scale, count: columns)
        }
        if swapsAxes { unsafe scatter(target, count: columns, stride: size.width, into: plane + line) }
      }
    }
  }

  /// One component of one output line: adds up the rows, picks the component's samples, filters along the row.
  private func makeRow(
    _ component: PlaneLayout.Component, _ type: SampleType, _ horizontal: borrowing AxisFilter,
    _ vertical: borrowing AxisFilter, _ line: Int, _ sharesRows: Bool, _ output: UnsafeMutablePointer<Float>
  ) {
    let (start, used) = vertical.range(of: line)
    let step = component.step
    // Interleaved components are added up together, from the first sample of the group to the last.
    let count = step == 1 ? horizontal.span : horizontal.span * step
    if !sharesRows {
      accumulated.reserve(count + horizontal.taps * step + 8, filledWith: 0)
      let sampleBytes = type == .byte ? 1 : 2
      let first =
        unsafe component.base + start * component.stride + horizontal.lowest * step * sampleBytes
        + (step == 1 ? component.offset * sampleBytes : 0)
      unsafe addRows(
        type, base: first, stride: component.stride, rows: used, weights: vertical.weights(of: line), count: count,
        into: accumulated.base)
    }
    guard step > 1 else { return unsafe horizontal.apply(to: accumulated.base, into: output) }
    taken.reserve(horizontal.span + horizontal.taps + 8, filledWith: 0)
    unsafe takeEvery(step, of: accumulated.base + component.offset, count: horizontal.span, into: taken.base)
    unsafe horizontal.apply(to: taken.base, into: output)
  }
}

extension Rectangle {
  var isFinite: Bool { x.isFinite && y.isFinite && width.isFinite && height.isFinite }
}
