import SeamarkModel
import SeamarkProtocol

/// What is said on a device that waits until headquarters has confirmed it.
enum WaitWords {
    static func sentence(_ words: DeviceWords) -> String {
        "This device waits until headquarters has confirmed it: until then nothing is sent, fetched or shown, and what it captures is kept here. "
            + "Call headquarters and read these six words: \(words). Then run 'seamark sync'."
    }

    static func members(_ words: DeviceWords?) -> [JSONMember] {
        [JSONMember("awaitsConfirmation", .bool(words != nil)), JSONMember("words", words.map { .string($0.description) } ?? .null)]
    }
}
