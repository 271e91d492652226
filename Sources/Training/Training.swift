/// The workshop: data sets, made fakes, training, evaluation, calibration.
enum Training {}
