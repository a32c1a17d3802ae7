import SeamarkClient
import SeamarkProtocol
import SeamarkStore

/// What is said on a device that headquarters' store has lost: how headquarters takes it back.
enum UnknownDeviceWords {
    /// Lines of text; the words to read have one of their own, which nothing breaks.
    static func lines(_ identity: DeviceIdentity) -> [String] {
        [
            "Headquarters' store does not know this laptop: it was put back to an older copy. Until headquarters has taken the laptop back nothing is sent or "
                + "fetched, and what it captures is kept here. Call headquarters, and read out its letters, \(identity.letters), and these six words:",
            "  \(identity.words)", "Then run 'seamark sync'.",
        ]
    }
}
