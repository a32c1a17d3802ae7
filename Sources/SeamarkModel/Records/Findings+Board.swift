import SeamarkJournal

// What the board is told.
extension Findings {
    /// An answer names a snapshot that was frozen, and stays unapproved while an open move lacks what a board asks of it.
    mutating func judgeBoardAnswer(_ record: RecordView) {
        if let named = record.text("snapshot"), Snapshot.called(named, in: Snapshot.all(in: records)).isEmpty {
            find(.unknownSnapshot, record, "snapshot", "names a snapshot that is not here, or not yet; name one of 'seamark snapshot list'")
        }
        guard record.integer("question") == 4, record.text("approvedBy") != nil else { return }
        let lacking = records.filter { move in
            move.type === Catalogue.move && !merges.isGone(move.id) && !move.isDeleted && !["done", "dropped"].contains(move.choice("state"))
                && (move.text("owner") == nil || move.integer("due") == nil || move.references("lines").isEmpty && move.references("seams").isEmpty)
        }
        guard !lacking.isEmpty else { return }
        find(
            .approvalBlocked, record, "approvedBy",
            "is approved although \(lacking.map { $0.handle ?? $0.id.description }.joined(separator: ", ")) lacks an owner, a due date or a linked line or seam; complete the moves, or clear the approval")
    }
}
