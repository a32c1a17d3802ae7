internal import SeamarkTestSupport

extension DiskFault {
    /// The process dies in one of the next calls: mostly in one of the first few, where a transaction decides most.
    static func death(_ dice: inout SplitMix64, within calls: UInt64) -> DiskFault {
        let after = Int(dice.next() % (1 + dice.next() % calls))
        return DiskFault(.death(dice: dice.next()), after: after)
    }

    /// The disk refuses one of the next calls, and in a third of the cases all after it.
    static func refusal(_ dice: inout SplitMix64, within calls: UInt64) -> DiskFault {
        let after = Int(dice.next() % (1 + dice.next() % calls))
        return DiskFault(dice.chance(50) ? .inputOutput : .full, at: [.write, .sync], after: after, isLasting: dice.chance(33))
    }
}
