import SeamarkModel
import SeamarkProtocol

/// What is said on a device that waits until headquarters has confirmed it.
enum WaitWords {
    /// Lines of text; the words to read have one of their own, which nothing breaks.
    ///
    /// - Parameter holdsEngagement: without one there is nothing to capture into.
    static func lines(_ words: DeviceWords, holdsEngagement: Bool, then: String = "Then run 'seamark sync'.") -> [String] {
        [
            "This device waits until headquarters has confirmed it: until then nothing is sent, fetched or shown, and "
                + (holdsEngagement ? "what it captures is kept here. " : "nothing can be captured, since no engagement is here yet. ") + "Call headquarters and read these six words:",
            "  \(words)", then,
        ]
    }

    static func sentence(_ words: DeviceWords, holdsEngagement: Bool) -> String { lines(words, holdsEngagement: holdsEngagement).joined(separator: "\n") }

    static func members(_ words: DeviceWords?) -> [JSONMember] {
        [JSONMember("awaitsConfirmation", .bool(words != nil)), JSONMember("words", words.map { .string($0.description) } ?? .null)]
    }
}
