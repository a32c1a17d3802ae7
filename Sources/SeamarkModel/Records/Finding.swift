public import SeamarkJournal

/// Something in the records that a person should look at. A finding refuses nothing: what was captured stays, whoever wrote it and in
/// whatever order it arrived. The sentence holds handles, never names, texts or amounts.
public struct Finding: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case incomplete, missingReference, wrongReference, twinHandle, likelyTwin, answeredTwice, mergeCycle, changedAfterMerge, parentCycle, prerequisiteCycle
        case noConsent, withdrawnConsent, emptyInterview, noEnd, endsBeforeStart, longInterview, unknownInstrument
        case gradeWithoutEvidence, unknownQuestion, unfitAnswer, unknownDomain, quoteWithoutConsent, quoteBeyondConsent, recordingWithoutConsent
        case unpriced, ledgerMissing, tooNarrow, lopsided, shortObservation, abovePool, changedAfterReview
        case notPriceable, variantElsewhere, basisDiffers, moveUnproven
        case singleSource, reviewRejected, reviewOpen, future
        case overlapOfOne, sharesAboveWhole, measuredWithoutEvidence, ownerMissing, deciderMissing, noTimeToDamage
        case unknownSnapshot, approvalBlocked
    }

    public let kind: Kind
    public let record: Identifier
    public let type: RecordTypeNumber
    /// The record's handle, or its id as text.
    public let name: String
    public let field: String?
    /// Stands in the way of a report that a board may see.
    public let blocksBoard: Bool
    /// What is the matter and what to do, as a sentence that follows the record's name.
    public let words: String

    /// Something to find out or to look at again, which may be reported as it is: nothing waits for it.
    public var isAdvice: Bool {
        switch kind {
        case .ownerMissing, .deciderMissing, .longInterview: true
        case _: false
        }
    }

    public var description: String { name + (field.map { ", \($0)" } ?? "") + ": " + words }
}
