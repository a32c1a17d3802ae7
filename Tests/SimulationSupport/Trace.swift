/// Everything that happened, as one number: two runs of a seed are the same run when their traces are equal.
final class Trace {
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    /// What happened in words, kept only where somebody is going to read it.
    private(set) var lines: [String]?

    init(inWords: Bool) { lines = inWords ? [] : nil }

    func note(_ number: UInt64) {
        hash = (hash ^ number) &* 0x100_0000_01b3
        hash ^= hash >> 29
    }

    func note(_ bytes: [UInt8]) {
        note(UInt64(bytes.count))
        bytes.withUnsafeBytes { raw in
            var index = 0
            while index + 8 <= raw.count {
                note(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index += 8
            }
            while index < raw.count {
                note(UInt64(raw[index]))
                index += 1
            }
        }
    }

    func note(_ words: @autoclosure () -> String) {
        guard lines != nil else { return }
        lines?.append(words())
    }
}
