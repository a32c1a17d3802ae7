import ArgumentParser
import SeamarkModel

/// The nouns of what is concluded, and of the ninety days: moves and their checks, drift, gates, what the board is told, and what people ruled on figures.
enum CycleTypes {
    static let commands: [any ParsableCommand.Type] = [
        CaptureCommand<Statement>.self, CaptureCommand<Recommendation>.self, CaptureCommand<InterviewReview>.self,
        CaptureCommand<QuickCheck>.self, CaptureCommand<ScoreReview>.self, CaptureCommand<CheckAnswer>.self, CaptureCommand<Ruling>.self,
        CaptureCommand<Cycle>.self, CaptureCommand<Move>.self, CaptureCommand<MoveCheck>.self, CaptureCommand<Drift>.self,
        CaptureCommand<Gate>.self, CaptureCommand<GateResult>.self, CaptureCommand<BoardAnswer>.self,
    ]

    static let nouns: [(noun: String, aliases: [String], type: RecordType)] = [
        CapturedTypes.entry(Statement.self), CapturedTypes.entry(Recommendation.self), CapturedTypes.entry(InterviewReview.self),
        CapturedTypes.entry(QuickCheck.self), CapturedTypes.entry(ScoreReview.self), CapturedTypes.entry(CheckAnswer.self),
        CapturedTypes.entry(Ruling.self), CapturedTypes.entry(Cycle.self), CapturedTypes.entry(Move.self), CapturedTypes.entry(MoveCheck.self),
        CapturedTypes.entry(Drift.self), CapturedTypes.entry(Gate.self), CapturedTypes.entry(GateResult.self),
        CapturedTypes.entry(BoardAnswer.self),
    ]
}

/// A finding that people write; `Finding` is one that is computed.
enum Statement: CapturedType {
    static let noun = "finding"
    static let type = Catalogue.finding
    static let abstract = "What the team concludes, and the evidence, observations and answers that it rests on."
    static let example = #"statement="Nobody owns the release desk at night" domains=D3 seams=S-A001 sources=O-A001,EV-A001 severity=3"#
}

enum Recommendation: CapturedType {
    static let noun = "recommendation"
    static let type = Catalogue.recommendation
    static let abstract = "What the team advises, and the findings behind it."
    static let example = #"text="Name one owner of night releases" findings=F-A001 effect=200000/450000/900000 effort=weeks"#
}

enum InterviewReview: CapturedType {
    static let noun = "interview-review"
    static let type = Catalogue.interviewReview
    static let abstract = "What a lead says of an interview: approved, with issues, or rejected. Rows of their own, never changed."
    static let example = #"interview=IV-A001 verdict=hasIssues comment="two answers lack their evidence""#
}

enum QuickCheck: CapturedType {
    static let noun = "quick-check"
    static let type = Catalogue.quickCheck
    static let abstract = "The five-signal check of one initiative or area: twenty-five boxes, ticked once."
    static let example = #"subject="Release desk" date=2026-03-02 boxes=@boxes.txt"#
}

enum ScoreReview: CapturedType {
    static let noun = "score-review"
    static let type = Catalogue.scoreReview
    static let abstract = "A lead's ruling on what a question scores in one place. It replaces no answer."
    static let example = #"question=LB1 site=ST-A001 ruling.value=3 ruling.reason="two accounts against one""#
}

enum CheckAnswer: CapturedType {
    static let noun = "check-answer"
    static let type = Catalogue.checkAnswer
    static let abstract = "Why a structural check does not stand in the way of a board-ready report."
    static let example = #"check=samePool subject=L-A001 reason="booked in another account""#
}

enum Ruling: CapturedType {
    static let noun = "ruling"
    static let type = Catalogue.sequenceDecision
    static let abstract = "A person's ruling on an initiative, beside the computed verdict."
    static let example = #"initiative=N-A001 ruling.verdict=pause ruling.reason="no owner" ruling.approver="plant director""#
}

enum Cycle: CapturedType {
    static let noun = "cycle"
    static let type = Catalogue.cycle
    static let abstract = "Ninety days, with a number and a first day."
    static let example = "number=1 startDate=2026-03-02"
}

enum Move: CapturedType {
    static let noun = "move"
    static let type = Catalogue.move
    static let abstract = "One of the few things that are done in these ninety days."
    static let example = #"title="One dispatch meeting" owner="hub manager" due=2026-05-30 measure.name="doors waiting" measure.threshold="under 3""#
}

enum MoveCheck: CapturedType {
    static let noun = "move-check"
    static let type = Catalogue.moveCheck
    static let abstract = "One look at a move: on track or not, and the reading."
    static let example = "move=MV-A001 date=2026-03-16 reading.isOnTrack=true reading.value=2"
}

enum Drift: CapturedType {
    static let noun = "drift"
    static let type = Catalogue.driftSignal
    static let abstract = "A sign that what was agreed comes undone."
    static let example = "kind=handoffDecay object=S-A001 observedAt=2026-04-02 severity=2"
}

enum Gate: CapturedType {
    static let noun = "gate"
    static let type = Catalogue.gateReview
    static let abstract = "A review of whether automated decisions may be scaled."
    static let example = "initiative=N-A001 date=2026-03-02 validDays=90 isLive=false"
}

enum GateResult: CapturedType {
    static let noun = "gate-result"
    static let type = Catalogue.gateResult
    static let abstract = "What a gate review found for one criterion."
    static let example = "review=GR-A001 criterion=G3 finding.result=pass evidence=EV-A001"
}

enum BoardAnswer: CapturedType {
    static let noun = "board-answer"
    static let type = Catalogue.boardAnswer
    static let abstract = "What the board is told in words about one of its six questions."
    static let example = "question=2 narrative=@- approvedBy=CFO"
}
