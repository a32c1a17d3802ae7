import SeamarkClient

/// Why a server's log is to be read anew, as people are told.
enum EpochWords {
    /// What a greeting alone cannot tell apart.
    static let causes = "a backup was restored, its files were put back to an older copy, or its signing key replaced"

    /// A sentence about a log that was read anew.
    ///
    /// - Parameter wasPutBack: the server said during this sync that its log lacked what a device proved.
    static func sentence(wasPutBack: Bool) -> String {
        wasPutBack
            ? "The server's files had been put back to an older copy: this laptop proved it, or another just now. Its log was read anew and what it lacked was handed in; headquarters sees it in 'seamark-server status'."
            : "The server's log has a new epoch (\(causes)); it was read anew and what it lacked was handed in."
    }
}
