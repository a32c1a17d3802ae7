/// Something that a person must look at. The calculation went on, in the way that is said here.
public enum RiskFinding: Hashable, Sendable {
    /// The line's overlaps toward better-evidenced lines add up to more than 1: the net total may fall when an input
    /// rises. Lower one of them.
    case overlapsTowardBetterExceedOne(line: String, sum: Double)
    /// The same toward worse-evidenced lines.
    case overlapsTowardWorseExceedOne(line: String, sum: Double)
    /// An overlap names a line that is not part of the calculation; it was left out.
    case overlapWithUnknownLine(line: String, unknown: String)
    /// An overlap of a line with itself; it was left out.
    case overlapWithItself(line: String)
    /// One pair has several overlaps; the largest share counts.
    case overlapRepeated(line: String, with: String)
    /// An overlap joins a line of a pool with one outside it, and the pool has a ceiling: money that the ceiling cuts
    /// off was already taken from the other line, so the net total may fall when an input rises.
    case overlapCrossesCeiling(line: String, with: String)
    /// The line names a ledger pool without a booked amount; no ceiling was applied.
    case unknownPool(line: String, pool: String)
    /// Points go to a domain without a reading. It is shown, and not ranked.
    case domainWithoutReading(domain: String)
    /// Points go to a seam that is not among the seams; its exposure is shown, without severity.
    case unknownSeam(seam: String)
    /// A seam is exposed to automated decisions and its velocity is unknown; the stress leaves it out.
    case velocityUnknown(seam: String)
    /// The range looks too sure of itself; `part` is the place of the factor, from 0.
    case range(line: String, part: Int, RangeWarning)
    /// The contingent line is so rare that no iteration holds it; its exact mean is in the line's result.
    case tooRareToSample(line: String)
}
