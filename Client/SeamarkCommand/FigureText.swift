import SeamarkJournal
import SeamarkModel

/// Figures as people read them in a list: `600,000/850,000/1,300,000`, `40/60/95 loads/yr × 9,000/14,000/26,000 money/load`.
enum FigureText {
    /// The range of a line's amount, or its factors; empty, or with a blank at its end.
    static func amount(_ value: Value) -> String {
        if let range = value.member(LineAmount.range) { return FieldKind.threePoint(.money(0...Int64.max)).textToRead(of: range, references: .none) + " " }
        // A line that its inputs price, or what was observed, reads as what that comes to; `show` has the inputs.
        switch (try? LinePrice(value)) ?? nil {
        case .inputs(let price): return "\(range(price.range)) by \(price.variant.rawValue) "
        case .observed(let range): return "\(self.range(range)) as observed "
        case .range, .factors, nil: break
        }
        let factors = (value.member(LineAmount.factors)?.list ?? []).map { factor in
            let unit = factor.member(LineAmount.Factor.unit)?.text ?? ""
            let points = (factor.member(LineAmount.Factor.range)?.group ?? []).compactMap(\.value.double).map { point in
                // A share reads as a percentage; a factor whose unit holds money counts hundredths.
                unit == "1" ? number(point * 100) + "%" : number(FactorUnit.isMoney(unit) ? point / 100 : point)
            }
            let range = Set(points).count == 1 ? points[0] : points.joined(separator: "/")
            return unit == "1" ? range : range + " " + unit
        }
        return factors.isEmpty ? "" : factors.joined(separator: " × ") + " "
    }

    /// Money a year, low/likely/high.
    static func range(_ range: ThreePoint) -> String {
        range.isConstant ? number(range.low) : [range.low, range.likely, range.high].map(number).joined(separator: "/")
    }

    private static func number(_ value: Double) -> String {
        FieldKind.number(-1e18...1e18).textToRead(of: .double((value * 1e6).rounded() / 1e6), references: .none)
    }
}
