public import SeamarkJournal

/// What the grade of an answer rests on, in words: the field `reference`, which is redacted and withheld as the rationale is.
///
/// Before schema 8 it was a part of the answer's response, in the open beside the score, where nothing can take it back. Such rows keep it there until their
/// author answers anew; every reader takes the one for the other.
public enum AnswerReference {
    /// Its number among the parts of the response.
    static let former: UInt32 = 4

    /// Nil where there is none, and where whoever reads may not see it.
    public static func text(of answer: RecordView) -> String? { answer.text("reference") ?? answer.value("response")?.member(former)?.text }

    /// Is there one, whether it may be seen or not?
    static func isGiven(_ answer: RecordView) -> Bool { text(of: answer) != nil || answer.isWithheld("reference") }

    /// The parts of a response without the one that is a field of its own now.
    public static func parted(_ response: [Value.Member]) -> [Value.Member] { response.filter { $0.number != former } }
}
