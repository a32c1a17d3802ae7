/// A way in which a seam fails. The first three set the severity in full, the others at half weight.
public enum SeamMode: String, CaseIterable, Hashable, Sendable {
    case ownershipAmbiguity, kpiConflict, approvalLatency
    case exceptionByHeroics, relationshipDependence, dataMismatch

    /// How much of the mode's value counts toward the severity of the seam.
    public var weight: Double {
        switch self {
        case .ownershipAmbiguity, .kpiConflict, .approvalLatency: 1
        case .exceptionByHeroics, .relationshipDependence, .dataMismatch: 0.5
        }
    }
}
