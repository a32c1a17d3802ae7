/// One way in for bytes of strangers, and what must hold whatever they are.
///
/// A harness never expects an input to be refused or taken: it demands that the answer is one of the two, that a refusal is of the reader's
/// own type (the compiler sees to that: readers throw typed errors), and that what was taken is what was there, byte for byte or by writing it
/// again. A trap ends the process and is a finding too.
package protocol Harness {
    /// Valid inputs made here; the corpus adds to them.
    var seeds: [[UInt8]] { get }
    /// Words that the format knows, to be put in anywhere.
    var words: [[UInt8]] { get }
    /// A mistake is planted in the reader: a fuzzer that does not find it would not find one of ours.
    var hasCanary: Bool { get set }

    /// Takes one input. The outcome names the way it went, coarsely: inputs with a new one are worth mutating further.
    mutating func take(_ input: [UInt8]) throws(Broken) -> Outcome
}

/// What did not hold.
package struct Broken: Error, Hashable, Sendable {
    package let words: String
    package init(_ words: String) { self.words = words }
}

/// How an input fared.
package struct Outcome: Hashable, Sendable {
    package let isTaken: Bool
    /// For refusals the reason, for what was taken its shape: few different ones.
    package let shape: String

    static func taken(_ shape: some CustomStringConvertible) -> Outcome { Outcome(isTaken: true, shape: shape.description) }
    static func refused(_ reason: some Any) -> Outcome { Outcome(isTaken: false, shape: "\(reason)") }

    /// Of a count only its magnitude tells inputs apart.
    static func magnitude(_ count: Int) -> Int { Int.bitWidth - count.leadingZeroBitCount }
}

/// The ways in, by the name that `Scripts/fuzz` takes.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case frame, block, inflate, hello, certificate, invitation, `import`, bundle, arguments, evidence, questionnaire, form

    package func harness() throws -> any Harness {
        switch self {
        case .frame: FrameHarness()
        case .block: BlockHarness()
        case .inflate: InflateHarness()
        case .hello: try HelloHarness()
        case .certificate: CertificateHarness()
        case .invitation: InvitationHarness()
        case .import: ImportHarness()
        case .bundle: BundleHarness()
        case .arguments: ArgumentsHarness()
        case .evidence: EvidenceHarness()
        case .questionnaire: QuestionnaireHarness()
        case .form: FormHarness()
        }
    }
}
