/// One seam as the calculation takes it.
public struct SeamReading: Hashable, Sendable {
    public var key: String
    /// `SeamSeverity`, 0...4.
    public var severity: Double
    /// Whether automated decisions pass through it, so that the acceleration stress applies.
    public var isAIExposed: Bool
    /// Automated decisions a week, after over before: at least 1. Nil: unknown, so no stress is computed for it.
    public var velocity: ThreePoint?
    /// How well `velocity` is evidenced.
    public var velocityGrade: EvidenceGrade

    public init(
        key: String, severity: Double, isAIExposed: Bool = false, velocity: ThreePoint? = nil,
        velocityGrade: EvidenceGrade = .d
    ) {
        self.key = key
        self.severity = severity
        self.isAIExposed = isAIExposed
        self.velocity = velocity
        self.velocityGrade = velocityGrade
    }
}
