/// How figures are written: two significant digits on page one, thousands or another unit elsewhere, percentages without places.
enum ReportFigures {
    /// `2.7M`, `350k`, `26M`, `940`: two significant digits.
    static func short(_ amount: Double) -> String {
        guard amount.isFinite else { return "–" }
        let sign = amount < 0 ? "−" : ""
        var value = amount.magnitude
        guard value >= 0.5 else { return "0" }
        var unit = 1.0
        while value / unit >= 99.5 { unit *= 10 }
        while value / unit < 9.95, unit > 1 { unit /= 10 }
        value = (value / unit).rounded() * unit
        for (scale, letter) in scales where value >= scale {
            let scaled = value / scale
            return sign + (scaled < 9.95 ? oneDecimal(scaled) : whole(scaled)) + letter
        }
        return sign + whole(value)
    }

    /// `USD 2.7M`: what `short` says, with its currency where that is known.
    static func money(_ amount: Double, _ currency: String) -> String { (currency.isEmpty ? "" : currency + "\u{a0}") + short(amount) }

    private static let scales: [(Double, String)] = [(1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k")]

    /// An amount that is known, not estimated: `18.6M`. As `short` says it where that takes nothing away, else up to four significant digits.
    static func known(_ amount: Double) -> String {
        guard amount.isFinite else { return "–" }
        let value = amount.magnitude
        let (scale, letter) = scales.first { value >= $0.0 } ?? (1, "")
        let scaled = value / scale
        // Two digits say all of it.
        var twoDigits = scaled
        if scaled >= 99.5 { twoDigits = (scaled / 10).rounded() * 10 } else { twoDigits = scaled >= 9.95 ? scaled.rounded() : (scaled * 10).rounded() / 10 }
        if (twoDigits - scaled).magnitude <= 1e-9 * scaled { return short(amount) }
        let places = scaled >= 1000 || scale == 1 ? 1.0 : scaled >= 100 ? 10.0 : scaled >= 10 ? 100.0 : 1000.0
        return (amount < 0 ? "−" : "") + plain((scaled * places).rounded() / places) + letter
    }

    /// With separators, in units of so much. One place below ten units and two below a tenth of one, so that small parts do not vanish.
    static func amount(_ amount: Double, in unit: Double) -> String {
        guard amount.isFinite else { return "–" }
        let scaled = (amount / unit).magnitude
        // What subtraction leaves of nothing is nothing.
        guard amount.magnitude >= 0.005 else { return "0" }
        guard scaled >= 0.005 else { return amount < 0 ? ">−0.01" : "<0.01" }
        var text = scaled >= 9.95 ? whole(scaled) : scaled >= 0.095 ? oneDecimal(scaled) : twoDecimals(scaled)
        if text.hasSuffix(".0") { text.removeLast(2) }
        return (amount < 0 ? "−" : "") + text
    }

    /// `38 %` of a share 0…1.
    static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "–" }
        let value = share * 100
        return (value < 0 ? "−" : "") + (value != 0 && value.magnitude < 0.95 ? oneDecimal(value.magnitude) : whole(value.magnitude)) + " %"
    }

    /// Shares of one whole that stand beside each other: without places, unless rounding would make two that differ the same.
    static func percents(_ shares: [Double]) -> [String] {
        let plain = shares.map(percent)
        let isTakenAway = shares.indices.contains { first in
            shares.indices.contains { plain[first] == plain[$0] && (shares[first] - shares[$0]).magnitude >= 0.0005 }
        }
        return isTakenAway ? shares.map(finePercent) : plain
    }

    /// `38.2 %`.
    static func finePercent(_ share: Double) -> String {
        guard share.isFinite else { return "–" }
        return (share < 0 ? "−" : "") + oneDecimal(share.magnitude * 100) + " %"
    }

    /// A share of a chart's width, `12.34%`.
    static func width(_ share: Double) -> String {
        let hundredths = Int((min(max(share.isFinite ? share : 0, 0), 1) * 10_000).rounded())
        return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)%"
    }

    static func oneDecimal(_ value: Double) -> String {
        let tenths = (value.magnitude * 10).rounded()
        guard let number = Int64(exactly: tenths) else { return value.description }
        return (value < 0 && number > 0 ? "−" : "") + grouped(number / 10) + "." + String(number % 10)
    }

    static func twoDecimals(_ value: Double) -> String {
        guard let number = Int64(exactly: (value.magnitude * 100).rounded()) else { return value.description }
        let rest = number % 100
        return (value < 0 && number > 0 ? "−" : "") + grouped(number / 100) + "." + (rest < 10 ? "0" : "") + String(rest)
    }

    static func whole(_ value: Double) -> String { DigitGroups.whole(value) }

    /// As many places as needed, at most four: factors such as 2.4 hours.
    static func plain(_ value: Double) -> String {
        if value == value.rounded() { return whole(value) }
        guard value.magnitude < 1e12 else { return whole(value) }
        var digits = String(Int64((value.magnitude * 10_000).rounded()))
        while digits.utf8.count < 5 { digits = "0" + digits }
        var fraction = String(digits.suffix(4))
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let main = Int64(digits.dropLast(4)).map(grouped) ?? "0"
        return (value < 0 ? "−" : "") + main + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static func grouped(_ number: Int64) -> String { DigitGroups.text(String(number)) }
}
