/// Why nothing was calculated: an input that has no meaning. Keys are of records, never their text.
public enum RiskError: Error, Hashable, Sendable {
    /// What two inputs share a key.
    public enum Kind: String, Hashable, Sendable { case line, pool, domain, seam }
    /// Which number is not in its bounds.
    public enum Quantity: String, Hashable, Sendable {
        case amount, probability, overlapShare, ceiling, severity, confidence, velocity, matrixWeight, points
        case plannedOperatingIncome, revenue, iterations, correlation
    }

    /// Two inputs of one kind have the same key.
    case repeated(Kind, key: String)
    /// A line has fewer than two factors or more than four.
    case factorCount(line: String, Int)
    /// A number is no number or outside its bounds, `least...most`. `key` names the record, or is empty for settings.
    case outOfBounds(Quantity, key: String, least: Double, most: Double)
    /// A line's points, to domains or to seams, add up to more than a hundred.
    case pointsExceedHundred(line: String, Kind, sum: Double)
    /// A line gives points to one domain or seam twice.
    case pointsRepeated(line: String, Kind, key: String)
    /// More than `most` values (lines × iterations) would have to be held.
    case tooLarge(values: Int, most: Int)
}
