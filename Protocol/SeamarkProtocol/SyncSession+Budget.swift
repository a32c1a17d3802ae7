public import SeamarkJournal

// A sync that may move so many bytes and no more: blocks go up first, then entries come down, and what does not fit is not begun.
extension SyncSession {
    /// Bytes that the answers to what is under way may still take; nothing without a budget, where nobody asks.
    public func owed(_ replicas: [Identifier: Replica]) -> Int {
        guard budget != nil else { return 0 }
        return work.reduce(0) { sum, one in
            let receipts = one.value.inFlight.reduce(0) {
                $0 + ByteBudget.answer(toChanges: replicas[one.key]?.ownBlockCount($1) ?? Block.mostChanges)
            }
            return sum + receipts + (one.value.isPulling ? ByteBudget.cost(ofFrame: one.value.mostEntryBytes) : 0)
        }
    }

    private func room(_ replicas: [Identifier: Replica]) -> Int {
        budget.map { $0.room(owed: owed(replicas) + planned) } ?? .max
    }

    mutating func lack(_ bytes: Int) { shortfall = Shortfall.both(shortfall, .lacking(bytes)) }

    /// As many of these blocks, from the first on, as there is room for.
    ///
    /// - Parameter weight: bytes of a block's frame.
    mutating func affordable(
        _ blocks: ArraySlice<Replica.Sealed>, of scope: Identifier, _ replicas: [Identifier: Replica], _ weight: Weight
    ) -> ArraySlice<Replica.Sealed> {
        guard budget != nil else { return blocks }
        var room = room(replicas)
        var count = 0
        for block in blocks {
            let (frame, answer) = (ByteBudget.cost(ofFrame: weight(scope, block.end.hash)), ByteBudget.answer(toChanges: block.changes.count))
            guard frame + answer <= room else {
                lack(frame + answer)
                break
            }
            room -= frame + answer
            // The answer is owed once the block is under way; the frame has passed once it is sent.
            planned += frame
            count += 1
        }
        return blocks.prefix(count)
    }

    /// The next block, no larger than there is room for, where there is any to speak of.
    mutating func seal(_ scope: Identifier, _ replicas: [Identifier: Replica]) -> [Action] {
        guard budget != nil else { return [.seal(scope: scope, atMost: Block.longest)] }
        // A change takes more than a hundred bytes before it is deflated, and four in the receipt.
        let most = ByteBudget.frame(within: room(replicas) - ByteBudget.answer(toChanges: 1)) / 25 * 24
        guard most >= Self.leastBlock else {
            lack(ByteBudget.cost(ofFrame: Self.leastBlock / 24 * 25 + 50) + ByteBudget.answer(toChanges: 1))
            return []
        }
        return [.seal(scope: scope, atMost: most)]
    }

    /// Bytes below which no block is sealed to use up what is left.
    private static let leastBlock = 2048

    /// How long the answer to a pull of the scope may be; nil where there is no room, or the next entry is known not to fit. 0 without a budget.
    mutating func mostEntryBytes(of scope: Identifier, _ replicas: [Identifier: Replica]) -> Int? {
        guard budget != nil else { return 0 }
        let most = min(ByteBudget.frame(within: room(replicas) - ByteBudget.pull), FrameDecoder.longestPayload)
        let least = max(ByteBudget.leastEntries, work[scope]?.leastEntryBytes ?? 0)
        guard most >= least else {
            lack(ByteBudget.pull + ByteBudget.cost(ofFrame: least))
            return nil
        }
        return most
    }

    /// What is not done in parts is not begun.
    mutating func leaveWhole() { shortfall = Shortfall.both(shortfall, .notInParts) }
}
