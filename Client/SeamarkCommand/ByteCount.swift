import ArgumentParser

/// A number of bytes as people write it: `200000`, `200k`, `1.5M`, `2G`; thousands, as in all that this program says of bytes.
struct ByteCount: ExpressibleByArgument, Equatable {
    let count: Int

    init?(argument: String) {
        let factors: [Character: Int] = ["k": 1000, "K": 1000, "M": 1_000_000, "G": 1_000_000_000]
        let factor = argument.last.flatMap { factors[$0] }
        let digits = factor == nil ? argument[...] : argument.dropLast()
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || factor != nil, parts.allSatisfy({ part in !part.isEmpty && part.allSatisfy { ("0"..."9").contains($0) } }),
            let whole = Int(parts[0])
        else { return nil }
        // Of the decimals as many as there are bytes for.
        let (unit, fraction) = (factor ?? 1, parts.count == 2 ? parts[1].prefix(9) : "")
        var part = Int(fraction) ?? 0
        for _ in 0..<(9 - fraction.count) { part *= 10 }
        let (bytes, isTooMuch) = whole.multipliedReportingOverflow(by: unit)
        guard !isTooMuch, bytes <= Int.max / 2 else { return nil }
        count = bytes + part / (1_000_000_000 / unit)
    }

    init(_ count: Int) { self.count = count }

    /// At least so many bytes, in few digits, as the option takes it.
    var atLeast: String { count < 1_000_000 ? "\((count + 999) / 1000)k" : "\((count + 99_999) / 100_000 / 10).\((count + 99_999) / 100_000 % 10)M" }
}
