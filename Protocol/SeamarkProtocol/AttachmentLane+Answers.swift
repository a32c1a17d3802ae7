import SeamarkJournal

// What the server said about attachments, and what follows from it. Wishes and chunks go out with the next `advance`.
extension AttachmentLane {
    public mutating func received(_ message: AttachmentMessage) throws(SyncProblem) -> [Action] {
        guard unanswered > 0 else { throw .unexpected("an answer about an attachment that was not asked for") }
        dues.removeFirst()
        switch (state, message) {
        case (.offered(let item), .held(let held)), (.sending(let item, _, _), .held(let held)): return try told(held, of: item)
        case (.fetching(let item, let held, let next), .chunk(let chunk)):
            try check(chunk.scope, chunk.hash, item)
            guard chunk.offset == held, chunk.bytes.count == item.attachment.chunkLength(at: held) else {
                throw .unexpected("another chunk of an attachment than was asked for")
            }
            let reached = held + chunk.bytes.count
            outcome.bytesFetched += chunk.bytes.count
            let keep = Action.keep(item, offset: held, bytes: chunk.bytes)
            guard reached == item.attachment.size else {
                state = .fetching(item, held: reached, next: next)
                return [keep]
            }
            state = .verifying(item)
            return [keep, .verify(item)]
        case (.offered(let item), .refused(let refusal)), (.sending(let item, _, _), .refused(let refusal)):
            try check(refusal.scope, refusal.hash, item)
            return refused(item, refusal, again: .offerAgain)
        case (.fetching(let item, _, _), .refused(let refusal)):
            try check(refusal.scope, refusal.hash, item)
            return refused(item, refusal, again: .fetchAgain)
        case (.draining(let item, _), .held(let held)):
            try check(held.scope, held.hash, item)
            return settle()
        case (.draining(let item, _), .chunk(let chunk)):
            try check(chunk.scope, chunk.hash, item)
            return settle()
        case (.draining(let item, _), .refused(let refusal)):
            try check(refusal.scope, refusal.hash, item)
            return settle()
        case (.idle, _), (.offered, _), (.sending, _), (.fetching, _), (.verifying, _), (.draining, _):
            throw .unexpected("an answer about an attachment that does not belong here")
        }
    }

    private func check(_ scope: Identifier, _ hash: Hash256, _ item: Item) throws(SyncProblem) {
        guard scope == item.scope, hash == item.attachment.hash else { throw .unexpected("an answer about another attachment") }
    }

    private mutating func told(_ held: AttachmentMessage.Held, of item: Item) throws(SyncProblem) -> [Action] {
        try check(held.scope, held.hash, item)
        switch held.standing {
        case .wholly(let receipt):
            guard receipt.attachment == item.attachment, receipt.isSigned(by: key, primitives) else { throw .forgedReceipt }
            if case .offered = state { outcome.heldAlready.append(item) } else { outcome.handedIn.append(item) }
            // Chunks that crossed an end which another device brought about are still answered.
            state = .draining(item, then: .nothing)
            _ = settle()
            return [.note(item, receipt)]
        case .partly(let count):
            guard count < item.attachment.size, count % Attachment.chunk == 0 else {
                throw .unexpected("the server holds a part of an attachment that does not end with a chunk")
            }
            switch state {
            case .sending(_, let before, let next):
                guard unanswered > 0 || max(next, count) < item.attachment.size else {
                    throw .unexpected("the server took the last chunk of an attachment and did not say what became of it")
                }
                outcome.bytesSent += max(0, count - before)
                state = .sending(item, held: max(before, count), next: max(next, count))
            case .idle, .offered, .fetching, .verifying, .draining: state = .sending(item, held: count, next: count)
            }
            return []
        }
    }

    /// What was refused is begun anew where that may help, once all answers are in.
    private mutating func refused(_ item: Item, _ refusal: AttachmentMessage.Refused, again: After) -> [Action] {
        let mayHelp = refusal.code == .chunkOutOfOrder || refusal.code == .attachmentMismatch
        if mayHelp, restarts < Self.mostRestarts {
            restarts += 1
            state = .draining(item, then: again)
        } else {
            // A limit that this attachment is not above explains nothing.
            state = .draining(item, then: .refuse(refusal.code, limit: refusal.limit.flatMap { $0 < item.attachment.size ? $0 : nil }))
        }
        return settle()
    }

    private mutating func settle() -> [Action] {
        guard unanswered == 0, case .draining(let item, let after) = state else { return [] }
        switch after {
        case .fetchAgain: return begin(fetching: item, from: 0)
        case .offerAgain:
            uploads.insert(item, at: 0)
            state = .idle
            return []
        case .nothing: break
        case .refuse(let code, let limit): outcome.refused.append(Refusal(item: item, code: code, limit: limit))
        }
        state = .idle
        restarts = 0
        return []
    }

    /// What was fetched matches its hash, or does not: then it was thrown away here, and is fetched once more from the beginning.
    public mutating func verified(_ item: Item, matches: Bool) -> [Action] {
        guard case .verifying(item) = state else { return [] }
        if matches {
            state = .idle
            restarts = 0
            outcome.fetched.append(item)
            return []
        }
        outcome.mismatches += 1
        guard restarts < Self.mostRestarts else {
            state = .idle
            restarts = 0
            outcome.refused.append(Refusal(item: item, code: .attachmentMismatch))
            return []
        }
        restarts += 1
        return begin(fetching: item, from: 0)
    }
}
