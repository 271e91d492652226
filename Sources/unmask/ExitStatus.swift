/// What the program's exit status says; the table stands in the README.
enum ExitStatus: Int32, Error {
  case nothingFound = 0
  case manipulatedFound = 1
  case fatal = 2
  case someUnreadable = 3
  case badConfiguration = 78
  case interrupted = 130
}
