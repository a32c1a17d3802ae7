import Dispatch

/// A bar with bytes and the time left, for one line of a terminal.
struct ProgressBar {
    private let doing: String
    private var total: Int
    private let begin = DispatchTime.now().uptimeNanoseconds
    private var first: Int?

    init(_ doing: String, total: Int = 0) {
        self.doing = doing
        self.total = total
    }

    /// - Parameter left: bytes still to go; the most that was ever left is the whole.
    mutating func line(left: Int) -> String {
        total = max(total, left)
        if first == nil { first = left }
        let done = total - left
        let filled = total == 0 ? 0 : done * 20 / total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
        return "\(doing) [\(bar)] \(bytesInWords(done)) of \(bytesInWords(total))" + timeLeft(left)
    }

    /// By the pace since the bar began; nothing in the first half second.
    private func timeLeft(_ left: Int) -> String {
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
        guard let first, left > 0, elapsed > 0.5, first > left else { return "" }
        let seconds = elapsed / Double(first - left) * Double(left)
        guard seconds < 360_000 else { return "" }
        return seconds < 90 ? ", \(Int(seconds.rounded(.up))) s left" : ", \(Int((seconds / 60).rounded(.up))) min left"
    }
}
