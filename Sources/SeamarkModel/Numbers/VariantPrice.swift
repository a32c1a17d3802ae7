/// What a year costs by a variant and its inputs, each a range of its own: money in the main unit.
///
/// Every input lies within its bounds, no difference can fall below 0, and the price is at most `ThreePoint.bound`.
public struct VariantPrice: Hashable, Sendable {
    public struct Given: Hashable, Sendable {
        public var input: PricingInput
        public var unit: String
        public var range: ThreePoint

        /// - Parameter unit: nil: the one that goes without saying.
        public init(_ input: PricingInput, unit: String? = nil, _ range: ThreePoint) {
            self.input = input
            self.unit = unit ?? input.unit
            self.range = range
        }
    }

    public let variant: PricingVariant
    public let formula: PricingFormula
    /// In the order of `variant.inputs`.
    public let inputs: [Given]

    /// Throws where inputs are missing, given twice or of another variant, out of their bounds, in units that do not give money a
    /// year, where a difference may fall below 0, or where the price is beyond `ThreePoint.bound`.
    public init(_ variant: PricingVariant, _ given: [Given]) throws(PricingError) {
        guard let formula = variant.formula else { throw .noFormula }
        for (place, one) in given.enumerated() {
            if !variant.inputs.contains(one.input) { throw .foreign(one.input, variant) }
            if given[..<place].contains(where: { $0.input == one.input }) { throw .repeated(one.input) }
            if one.range.low < 0 { throw .negative(one.input) }
            if one.range.high > one.input.most { throw one.input.most == ThreePoint.bound ? .beyondBound(one.input) : .shareAboveOne(one.input) }
        }
        var ordered: [Given] = []
        for input in variant.inputs {
            guard let one = given.first(where: { $0.input == input }) else { throw .missing(input, variant) }
            ordered.append(one)
        }
        self.variant = variant
        self.formula = formula
        inputs = ordered
        let units = Dictionary(uniqueKeysWithValues: ordered.map { ($0.input, $0.unit) })
        guard formula.givesMoneyPerYear({ units[$0] ?? "" }) else { throw .units(variant) }
        for case .difference(let larger, let smaller) in formula.terms.joined() {
            // The least of the one against the most of the other: both are absolute bounds.
            if range(of: larger).low < range(of: smaller).high { throw .below(larger, smaller) }
        }
        guard ends.high <= ThreePoint.bound else { throw .productBeyondBound }
    }

    private func range(of input: PricingInput) -> ThreePoint {
        guard let range = inputs.first(where: { $0.input == input })?.range else { preconditionFailure("a price holds all inputs of its variant") }
        return range
    }

    /// What is subtracted is at its high where the price is at its low.
    private var ends: (low: Double, likely: Double, high: Double) {
        let subtracted = formula.terms.joined().flatMap { part -> [PricingInput] in
            switch part {
            case .input: []
            case .difference(_, let smaller), .excess(_, let smaller): [smaller]
            }
        }
        return (
            formula.amount { subtracted.contains($0) ? range(of: $0).high : range(of: $0).low }, formula.amount { range(of: $0).likely },
            formula.amount { subtracted.contains($0) ? range(of: $0).low : range(of: $0).high }
        )
    }

    /// The least, the likely and the most that a year can cost.
    public var range: ThreePoint {
        let ends = ends
        // Rounding may not turn what is equal around.
        guard let range = try? ThreePoint(low: min(ends.low, ends.likely), likely: ends.likely, high: max(ends.high, ends.likely)) else {
            preconditionFailure("a price lies within its bounds")
        }
        return range
    }

    /// The expected value, the inputs being independent. Exact, except where a latency and its time to damage cross: there it is
    /// an integral (`DecisionView.meanExcess`).
    public func mean(grade: EvidenceGrade) -> Double {
        func pert(_ input: PricingInput) -> PERT { PERT(range(of: input), grade: grade) }
        return formula.terms.reduce(0) { sum, parts in
            sum + parts.reduce(1) { product, part in
                switch part {
                case .input(.rateBasisPoints): product * pert(.rateBasisPoints).mean / 10_000
                case .input(let input): product * pert(input).mean
                case .difference(let larger, let smaller): product * (pert(larger).mean - pert(smaller).mean)
                case .excess(let larger, let smaller): product * DecisionView.meanExcess(of: pert(larger), over: pert(smaller))
                }
            }
        }
    }

    /// One year's price out of a value of each input, in the order of `inputs`: of each iteration.
    func amounts(_ columns: [[Double]]) -> [Double] {
        guard let first = columns.first else { return [] }
        let places = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ($0.element.input, $0.offset) })
        return first.indices.map { n in formula.amount { columns[places[$0] ?? 0][n] } }
    }
}

extension ThreePoint {
    /// A year of what was observed over `months`, beyond the yearly baseline, times the share that execution caused.
    public static func leak(observed: Double, months: Double, baseline: Double, share: ThreePoint) throws(PricingError) -> ThreePoint {
        let yearly = try Annualisation(months: months).yearly(observed)
        guard yearly >= baseline else { throw .noLeak }
        let beyond = yearly - baseline
        guard let range = try? ThreePoint(low: beyond * share.low, likely: beyond * share.likely, high: beyond * share.high) else { throw .productBeyondBound }
        return range
    }
}

/// Why inputs have no price.
public enum PricingError: Error, Hashable, Sendable {
    /// `other` is priced by a range or by factors.
    case noFormula
    /// Inputs without a variant that they are of.
    case noVariant
    case missing(PricingInput, PricingVariant)
    case foreign(PricingInput, PricingVariant)
    case repeated(PricingInput)
    case negative(PricingInput)
    case beyondBound(PricingInput)
    /// A share or fraction above 1, or a rate above 10,000 basis points.
    case shareAboveOne(PricingInput)
    /// The first may be smaller than the second, so that there is no leak.
    case below(PricingInput, PricingInput)
    case units(PricingVariant)
    /// The result is beyond `ThreePoint.bound`.
    case productBeyondBound
    /// The variant is of contingent lines alone.
    case contingentOnly(PricingVariant)
    /// A price by inputs beside what was observed.
    case observedBesideInputs
    /// What was observed prices a line by the months of observation.
    case monthsMissing
    /// A year of what was observed is below the baseline.
    case noLeak
    /// What was observed is no number, or a year of it is beyond `ThreePoint.bound`.
    case observedBeyondBound
    /// Nothing can be said about a year from less than no months, or from more than 120.
    case monthsOutOfBounds

    /// What is asked for, following the name of the record and the field.
    public var demand: String {
        switch self {
        case .noFormula: "has inputs, and the variant other has no formula; choose the variant, or give a range or factors"
        case .noVariant: "has inputs and no variant; say which they are of"
        case .missing(let input, let variant): "lacks \(input.rawValue) (\(input.unit)); \(variant.rawValue) is priced from \(Self.list(variant))"
        case .foreign(let input, let variant): "has \(input.rawValue), which is no input of \(variant.rawValue); that is priced from \(Self.list(variant))"
        case .repeated(let input): "has \(input.rawValue) twice; give it once"
        case .negative(let input): "has \(input.rawValue) below 0"
        case .beyondBound(let input): "has \(input.rawValue) above what can be computed with"
        case .shareAboveOne(let input): "has \(input.rawValue) above \(input == .rateBasisPoints ? "10,000 basis points" : "1 (100%)")"
        case .below(let larger, let smaller): "leaves no leak where \(smaller.rawValue) is above \(larger.rawValue); the least of \(larger.rawValue) must reach the most of \(smaller.rawValue)"
        case .units(let variant):
            "has units that do not give money/yr; \(variant.rawValue) wants such as \(variant.inputs.map { "\($0.rawValue) in \($0.unit)" }.joined(separator: ", "))"
        case .productBeyondBound: "multiplies to more money a year than can be computed with (1e18); look for a factor in a wrong unit"
        case .contingentOnly(let variant): "is of the variant \(variant.rawValue), which is contingent only; give kind=contingent and its probability"
        case .observedBesideInputs: "has inputs, which hold all that prices it; clear observed, baseline and share"
        case .monthsMissing: "is priced by what was observed; give monthsObserved"
        case .noLeak: "leaves no leak: a year of what was observed is below the baseline"
        case .observedBeyondBound: "has an observed amount whose year is more than can be computed with"
        case .monthsOutOfBounds: "was observed for no time, or for more than 120 months"
        }
    }

    private static func list(_ variant: PricingVariant) -> String { variant.inputs.map(\.rawValue).joined(separator: ", ") }
}
