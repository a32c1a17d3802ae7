/// Money is a whole number of hundredths of the engagement's currency, whatever the currency.
public enum Money {
    /// "1234.50": the main unit with two places, no separators.
    public static func text(_ hundredths: Int64) -> String {
        let magnitude = hundredths.magnitude
        let cents = magnitude % 100
        return (hundredths < 0 ? "-" : "") + String(magnitude / 100) + (cents == 0 ? "" : "." + (cents < 10 ? "0" : "") + String(cents))
    }

    /// Reads the main unit: `1250`, `1250.50`, `380k`, `1.2M`, `1bn`, with `_` or `'` between digits. Nil for anything else,
    /// for fractions of a hundredth and for what does not fit.
    public static func hundredths(_ text: String) -> Int64? {
        var digits: [UInt8] = []
        var decimals: Int?
        var bytes = Array(text.utf8)
        var negative = false
        if bytes.first == UInt8(ascii: "-") {
            negative = true
            bytes.removeFirst()
        }
        var exponent = 2
        if bytes.count > 2, bytes.suffix(2).elementsEqual("bn".utf8) {
            exponent += 9
            bytes.removeLast(2)
        } else if bytes.last == UInt8(ascii: "k") {
            exponent += 3
            bytes.removeLast()
        } else if bytes.last == UInt8(ascii: "M") || bytes.last == UInt8(ascii: "m") {
            exponent += 6
            bytes.removeLast()
        }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte)
                if decimals != nil { decimals? += 1 }
            case UInt8(ascii: "."):
                guard decimals == nil, !digits.isEmpty else { return nil }
                decimals = 0
            case UInt8(ascii: "_"), UInt8(ascii: "'"):
                guard !digits.isEmpty, decimals == nil else { return nil }
            case _: return nil
            }
        }
        guard !digits.isEmpty, decimals != 0 else { return nil }
        exponent -= decimals ?? 0
        while exponent < 0, digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        guard exponent >= 0 else { return nil }
        var value: Int64 = 0
        for digit in digits.map({ Int64($0 - 48) }) + [Int64](repeating: 0, count: exponent) {
            let (shifted, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = shifted.addingReportingOverflow(digit)
            guard !over, !overflow else { return nil }
            value = sum
        }
        return negative ? -value : value
    }
}
