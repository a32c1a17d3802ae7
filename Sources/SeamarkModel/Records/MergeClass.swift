/// How a field merges and who has authority over it (`domain.md` 6.1, `design.md` 3.4). Three mechanisms: a register, a set, a lattice.
public enum MergeClass: Sendable {
    /// I: set once, never changed afterwards.
    case once
    /// O: only its author changes it, until its interview is finalised.
    case author
    /// R: a register; one head is shown without asking, all are kept.
    case register
    /// RC: a register; heads with different values are a conflict for a person to resolve.
    case contested
    /// G: several members as one contested value.
    case group
    /// T: long text; heads with different texts are a conflict.
    case text
    /// S: a register an element; present wins.
    case set
    /// M: the further (stricter) state wins.
    case lattice(Lattice)
    /// M: consent (`Consent`).
    case consent
    /// H: written by headquarters only.
    case headquarters

    /// The letter of `domain.md` 6.1.
    public var letter: String {
        switch self {
        case .once: "I"
        case .author: "O"
        case .register: "R"
        case .contested: "RC"
        case .group: "G"
        case .text: "T"
        case .set: "S"
        case .lattice: "M"
        case .consent: "G+M"
        case .headquarters: "H"
        }
    }

    var isLattice: Bool { if case .lattice = self { true } else { false } }

    /// Do heads with different values ask for a person?
    public var asksAPerson: Bool {
        switch self {
        case .contested, .group, .text: true
        case .once, .author, .register, .set, .lattice, .consent, .headquarters: false
        }
    }
}

/// A one-way order of choices: concurrent values join to the greatest by number.
public struct Lattice: Sendable {
    /// Who may, knowing the greater state, set a lesser one.
    public enum LoweredBy: Sendable {
        case nobody, headquarters, lead
    }

    public let loweredBy: LoweredBy
    /// From this choice on, only a lead (or headquarters) may raise it.
    public let leadFrom: Int64?

    public init(loweredBy: LoweredBy, leadFrom: Int64? = nil) {
        self.loweredBy = loweredBy
        self.leadFrom = leadFrom
    }
}
