/// One initiative as the investment sequence takes it. Money in the main unit.
public struct InitiativeReading: Hashable, Sendable {
    public enum Stage: String, CaseIterable, Hashable, Sendable {
        case idea, planned, approved, running, live, stopped

        /// Part of the programme as it stands: proposals and what was stopped are not.
        public var isActive: Bool { self != .idea && self != .stopped }
    }

    public enum Mandate: String, CaseIterable, Hashable, Sendable { case safety, regulatory, endOfLife }

    /// What it takes off one line: a share 0…1 of what is left of it.
    public struct Target: Hashable, Sendable {
        public var line: String
        public var reduction: ThreePoint

        public init(_ line: String, _ reduction: ThreePoint) {
            self.line = line
            self.reduction = reduction
        }

        var mean: Double { PERT(reduction, grade: DecisionView.grade).mean }
    }

    public var key: String
    public var name: String
    /// Who stands for it, as a role.
    public var sponsor: String?
    public var declaredRank: Int?
    /// Capital and one-off expense; nil: not known, which is funded by nobody.
    public var cost: ThreePoint?
    public var delayMonths: Double
    public var stage: Stage
    public var isAIScale: Bool
    /// The gate's verdict; nil: no review.
    public var gate: ScalingGate.Verdict?
    public var mandate: Mandate?
    public var hasGrowthCase: Bool
    public var relievesConstraint: String?
    /// Seams and constraints that it puts more load on.
    public var addsLoadTo: Set<String>
    public var treatsSeam: String?
    /// The decision right that it makes faster.
    public var treatsDecision: String?
    public var prerequisites: Set<String>
    public var targets: [Target]

    public init(
        key: String, name: String = "", sponsor: String? = nil, declaredRank: Int? = nil, cost: ThreePoint?, delayMonths: Double = 0, stage: Stage = .planned,
        isAIScale: Bool = false, gate: ScalingGate.Verdict? = nil, mandate: Mandate? = nil, hasGrowthCase: Bool = false,
        relievesConstraint: String? = nil, addsLoadTo: Set<String> = [], treatsSeam: String? = nil, treatsDecision: String? = nil,
        prerequisites: Set<String> = [], targets: [Target] = []
    ) {
        self.key = key
        self.name = name
        self.sponsor = sponsor
        self.declaredRank = declaredRank
        self.cost = cost
        self.delayMonths = delayMonths
        self.stage = stage
        self.isAIScale = isAIScale
        self.gate = gate
        self.mandate = mandate
        self.hasGrowthCase = hasGrowthCase
        self.relievesConstraint = relievesConstraint
        self.addsLoadTo = addsLoadTo
        self.treatsSeam = treatsSeam
        self.treatsDecision = treatsDecision
        self.prerequisites = prerequisites
        self.targets = targets
    }

    var meanCost: Double? { cost.map { PERT($0, grade: DecisionView.grade).mean } }
}
