/// Comparing figures that are quotients, sums of quotients or roots with the bounds of the method, and with each other: what meets a bound on paper, or is equal
/// on paper, may lie a few last bits beside it.
///
/// Two figures that people's whole-numbered scores, counts and amounts can tell apart differ by far more.
enum Bound {
    private static let hair = 1e-12

    /// At least `bound`, on paper. `size`: the largest amount that went into either, where that is above 1.
    static func reaches(_ value: Double, _ bound: Double, size: Double = 1) -> Bool { value >= bound - hair * max(1, size) }

    /// At most `bound`, on paper.
    static func staysWithin(_ value: Double, _ bound: Double, size: Double = 1) -> Bool { value <= bound + hair * max(1, size) }

    /// Those whose figure is the greatest, on paper: what lies below the greatest by no more than 1e-12 of it is tied with it. In the order given.
    static func greatest<Element>(of elements: [Element], by figure: (Element) -> Double) -> [Element] {
        let figures = elements.map(figure)
        guard let most = figures.max() else { return [] }
        return elements.indices.filter { figures[$0] == most || most.isFinite && most - figures[$0] <= hair * most.magnitude }.map { elements[$0] }
    }
}
