/// Comparing figures that are quotients, sums of quotients or roots with the bounds of the method: what meets a bound on paper may lie a few last bits beside it.
///
/// Two figures that people's whole-numbered scores and counts can tell apart differ by far more.
enum Bound {
    private static let hair = 1e-12

    /// At least `bound`, on paper.
    static func reaches(_ value: Double, _ bound: Double) -> Bool { value >= bound - hair }

    /// At most `bound`, on paper.
    static func staysWithin(_ value: Double, _ bound: Double) -> Bool { value <= bound + hair }
}
