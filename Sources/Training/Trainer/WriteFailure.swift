internal import Foundation
internal import Glibc

/// Why a file could not be written, in the operating system's words.
enum WriteFailure {
  static func reason(_ error: any Error) -> String {
    let error = error as NSError
    let cause = (error.userInfo[NSUnderlyingErrorKey] as? NSError) ?? error
    if cause.domain == NSPOSIXErrorDomain { return unsafe String(cString: strerror(Int32(cause.code))) }
    return error.localizedDescription
  }
}
