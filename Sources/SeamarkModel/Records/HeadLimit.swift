internal import SeamarkJournal

/// How many values of one member may stand beside each other at one target: an honest program supersedes what its user saw, so that there are as many as
/// the member has laptops that have not met. And how many edits that nobody has seen may be superseded in one record: of honest people, what waits in
/// quarantine. Each more costs everybody who reads the record.
enum HeadLimit {
    static let most = 64
    static let mostUnseen = 4096

    /// What is wrong with a change after which there would be more; nil where there would not. The change says one thing of each target.
    static func complaint(on change: Change, lookup: (Identifier) -> RecordState?) -> Complaint? {
        var state: RecordState?
        var early: [Identifier: Int] = [:]
        for (index, edit) in change.edits.enumerated() {
            if index == 0 || change.edits[index - 1].record != edit.record { state = lookup(edit.record) }
            let heads = state?.heads(of: edit.target) ?? []
            if !edit.supersedes.isEmpty {
                let seen = Set(heads.map(\.name))
                early[edit.record, default: state?.early.count ?? 0] += edit.supersedes.count { !seen.contains($0) }
                if early[edit.record, default: 0] > mostUnseen {
                    return complaint(index, edit, "supersedes more than \(mostUnseen) edits that are not there; say it anew, after a sync")
                }
            }
            if heads.count >= most, heads.count(where: { $0.member == change.member && !edit.supersedes.contains($0.name) }) >= most {
                return complaint(index, edit, "has more than \(most) values of yours beside each other; say which of them is meant, after a sync")
            }
        }
        return nil
    }

    private static func complaint(_ index: Int, _ edit: Edit, _ words: String) -> Complaint {
        Complaint(refusal: .outOfBounds, edit: index, record: edit.record, type: edit.type, field: edit.target.number, fault: nil, words: words)
    }
}
