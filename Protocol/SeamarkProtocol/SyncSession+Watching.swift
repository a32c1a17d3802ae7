import SeamarkJournal

// A session that does not end when all is said: the server tells what has grown, and it is pulled.
extension SyncSession {
    /// Asks the server to tell when a log grows, once the session rests; said again it keeps the connection alive, and each has an answer.
    /// `staysOpen` is set by whoever watches.
    public mutating func watch() -> [Action] {
        guard case .running = state else { return [] }
        // What was refused is told by the end of the session, and a watch has none.
        if let blockRefused { return fail(.blockRefused(blockRefused)) }
        isWatching = true
        isWatchUnanswered = true
        return [.send(.watch)]
    }

    /// A log that has grown is pulled by the next `advance`.
    mutating func told(_ news: Message.News) -> [Action] {
        guard isWatching else { return fail(.unexpected("news that nobody asked for")) }
        isWatchUnanswered = false
        for one in news.scopes {
            guard let known = work[one.scope], one.place.position > known.place.position else { continue }
            work[one.scope]?.place = one.place
            work[one.scope]?.digest = one.digest
        }
        return []
    }
}

extension SyncSession.Outcome {
    /// What came after `earlier` of the same session.
    public func since(_ earlier: Self) -> Self {
        var rest = self
        rest.pushedBlocks -= earlier.pushedBlocks
        rest.pushedChanges -= earlier.pushedChanges
        rest.pulledEntries -= earlier.pulledEntries
        rest.pulledChanges -= earlier.pulledChanges
        rest.quarantined -= earlier.quarantined
        rest.held.removeAll(where: earlier.held.contains)
        rest.renumbered.removeAll(where: earlier.renumbered.contains)
        rest.rebuilt.removeFirst(min(rest.rebuilt.count, earlier.rebuilt.count))
        rest.readAgain.removeFirst(min(rest.readAgain.count, earlier.readAgain.count))
        rest.left.removeAll(where: earlier.left.contains)
        rest.unknown.removeAll(where: earlier.unknown.contains)
        rest.examinations.removeFirst(min(rest.examinations.count, earlier.examinations.count))
        return rest
    }
}
