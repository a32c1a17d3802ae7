public import SeamarkJournal

/// What a line's `amount` says a year costs, in the main unit: one way of reading it for judgement, figures, reports and terminals.
public enum LinePrice: Hashable, Sendable {
    case range(ThreePoint)
    case factors([Factor])
    case inputs(VariantPrice)
    /// From what was observed alone.
    case observed(ThreePoint)

    public struct Factor: Hashable, Sendable {
        public var name: String
        public var unit: String
        public var range: ThreePoint
    }

    /// The least, the likely and the most of a year, before any probability.
    public var ends: (low: Double, likely: Double, high: Double) { amount.ends }

    /// As the calculation takes it.
    public var amount: PricedLine.Amount {
        switch self {
        case .range(let range), .observed(let range): .amount(range)
        case .factors(let factors): .factors(factors.map(\.range))
        case .inputs(let price): .inputs(price)
        }
    }

    /// Nil where nothing is priced, or by what only a newer version knows. Throws where what is given has no price.
    public init?(_ amount: Value) throws(PricingError) {
        if let range = amount.member(LineAmount.range), range != .absent {
            guard let range = ThreePoint(range)?.main else { return nil }
            self = .range(range)
        } else if let factors = amount.member(LineAmount.factors)?.list {
            var read: [Factor] = []
            for factor in factors {
                guard let unit = factor.member(LineAmount.Factor.unit)?.text, let range = Self.range(factor, unit) else { return nil }
                read.append(Factor(name: factor.member(LineAmount.Factor.name)?.text ?? "", unit: unit, range: range))
            }
            guard (2...4).contains(read.count) else { return nil }
            // Written so that what is no number fails.
            guard read.reduce(1, { $0 * $1.range.high }) <= ThreePoint.bound else { throw .productBeyondBound }
            self = .factors(read)
        } else if let inputs = amount.member(LineAmount.inputs)?.list {
            guard let number = amount.member(LineAmount.variant)?.int else { throw .noVariant }
            guard let variant = Choices.variant.key(number).flatMap(PricingVariant.init(rawValue:)) else { return nil }
            var given: [VariantPrice.Given] = []
            for input in inputs {
                guard let name = input.member(LineAmount.Factor.name)?.int.flatMap({ Choices.pricingInput.key($0) }).flatMap(PricingInput.init(rawValue:)),
                    let unit = input.member(LineAmount.Factor.unit)?.text, let range = Self.range(input, unit)
                else { return nil }
                given.append(VariantPrice.Given(name, unit: unit, range))
            }
            self = .inputs(try VariantPrice(variant, given))
        } else if let observed = amount.member(LineAmount.observed)?.double {
            guard let months = amount.member(LineAmount.monthsObserved)?.double else { throw .monthsMissing }
            guard let whole = try? ThreePoint.constant(1) else { return nil }
            self = .observed(try ThreePoint.leak(
                observed: observed / 100, months: months, baseline: (amount.member(LineAmount.baseline)?.double ?? 0) / 100,
                share: amount.member(LineAmount.share).flatMap { ThreePoint($0) } ?? whole))
        } else {
            return nil
        }
    }

    private static func range(_ part: Value, _ unit: String) -> ThreePoint? {
        guard let range = part.member(LineAmount.Factor.range).flatMap({ ThreePoint($0) }) else { return nil }
        return FactorUnit.isMoney(unit) ? range.main : range
    }

    /// What stands against this price: `PricingError` of the amount's parts together.
    static func fault(in amount: Value) -> PricingError? {
        do throws(PricingError) {
            guard case .inputs(let price)? = try LinePrice(amount) else { return nil }
            if price.variant.isContingentOnly, amount.member(LineAmount.kind)?.int != Choices.lineKind.number("contingent") { return .contingentOnly(price.variant) }
            for number in [LineAmount.observed, LineAmount.baseline, LineAmount.share] where (amount.member(number) ?? .absent) != .absent { return .observedBesideInputs }
            return nil
        } catch { return error }
    }
}

extension ThreePoint {
    /// Hundredths as the main unit.
    var main: ThreePoint? { try? ThreePoint(low: low / 100, likely: likely / 100, high: high / 100) }
}
