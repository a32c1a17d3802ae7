/// Units of the factors of a price, as text: `events/yr`, `money/h`, `h/event`, `1` for a share.
///
/// A unit is a name, or `1`, followed by any number of `/name`. Factors multiply to money a year when everything else cancels.
/// A plural `s` does not matter: `events` and `event` cancel.
public enum FactorUnit {
    /// Do these units multiply to `money/yr`?
    public static func giveMoneyPerYear(_ units: [String]) -> Bool {
        var above: [String] = []
        var below: [String] = []
        for unit in units {
            let parts = unit.split(separator: "/", omittingEmptySubsequences: false).map { name(of: $0) }
            guard !parts.contains("") else { return false }
            for (index, part) in parts.enumerated() where part != "1" {
                if index == 0 { above.append(part) } else { below.append(part) }
            }
        }
        var rest: [String] = []
        for part in below {
            if let place = above.firstIndex(of: part) { above.remove(at: place) } else { rest.append(part) }
        }
        return above == ["money"] && rest == ["yr"]
    }

    /// Do two units count the same?
    public static func areSame(_ left: String, _ right: String) -> Bool {
        func parts(_ unit: String) -> [String] {
            let names = unit.split(separator: "/", omittingEmptySubsequences: false).map { name(of: $0) }
            return names.prefix(1) + names.dropFirst().filter { $0 != "1" }.sorted()
        }
        return parts(left) == parts(right)
    }

    /// Does a factor of this unit count money, that is hundredths?
    public static func isMoney(_ unit: String) -> Bool { name(of: unit.split(separator: "/", omittingEmptySubsequences: false).first ?? "") == "money" }

    private static func name(of part: Substring) -> String {
        var words = part.split(separator: " ").joined(separator: " ").lowercased()
        if words.utf8.count > 1, words.utf8.last == UInt8(ascii: "s") { words.removeLast() }
        return words == "year" || words == "a" ? "yr" : words
    }
}
