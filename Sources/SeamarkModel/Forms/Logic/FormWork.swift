/// What conditions of forms may cost while one change is judged, on a device and on the server alike, and while a device asks: counted, not timed, so
/// that all say the same.
///
/// A part of an expression costs one and each byte of a text that it makes; a pattern costs, for each character, the steps that it is held against,
/// the ranges of their sets, and the steps that are reached.
public final class FormWork {
    /// Some tenths of a second. Sixty-four answers of 8,000 characters, each held against a pattern of a dozen steps, stay below.
    static let most = 20_000_000

    private(set) var left: Int
    /// More was asked for than was left; what was looked at then says nothing.
    private(set) var isExhausted = false

    init(_ most: Int) { left = most }

    /// What one change may cost.
    public convenience init() { self.init(FormWork.most) }

    /// False where it does not reach, from then on.
    func takes(_ cost: Int) -> Bool {
        guard !isExhausted, cost <= left else {
            isExhausted = true
            return false
        }
        left -= cost
        return true
    }
}
