public import Forensics

/// What one frame said of every person followed at its moment: for those who measure rather than watch.
public struct FrameBallots: Sendable, Hashable {
  /// One person's ballot.
  public struct Person: Sendable, Hashable {
    /// The track's number as the tracker counts it, from 1.
    public let track: Int
    /// `abstained` for a person who is followed but was not seen in this frame.
    public let vote: Ballot.Vote
    /// What was asked for in `AnalysisSettings.survey`; nil without a face.
    public let survey: MaskSurvey?

    public init(track: Int, vote: Ballot.Vote, survey: MaskSurvey? = nil) {
      self.track = track
      self.vote = vote
      self.survey = survey
    }
  }

  /// Media time of the frame, seconds since the start of the source.
  public let time: Double
  /// Those seen, in the detection's order, then those who are not, by their numbers.
  public let people: [Person]
  /// The tracks that ended before this frame.
  public let ended: [Int]

  public init(time: Double, people: [Person], ended: [Int]) {
    self.time = time
    self.people = people
    self.ended = ended
  }
}
