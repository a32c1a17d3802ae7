import SeamarkCrypto
import SeamarkJournal

/// Salts for sensitive values, drawn beforehand: an editing has no way to say that the system gave no random bytes.
final class SaltSupply {
    private var words: [UInt64]

    init(count: Int) throws(NoEntropy) {
        words = try Randomness.bytes(16 * count).withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
    }

    /// Salts of somebody else's words.
    init(count: Int, word: () -> UInt64) { words = (0..<2 * count).map { _ in word() } }

    /// The next; asking for more than were drawn is a mistake of ours.
    func next() -> Identifier {
        precondition(words.count >= 2, "as many salts are drawn as there are sensitive values")
        return Identifier(high: words.removeLast(), low: words.removeLast())
    }
}
