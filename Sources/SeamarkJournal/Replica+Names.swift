// What an edit must name.
extension Replica {
    /// `names`, and what the edits of these names supersede as far as they are own changes that the log does not apply, and so on;
    /// ascending, each once.
    ///
    /// An edit made over one's own waiting or refused edit names all of these, so that no stale head stays at others if the edit
    /// between is never applied.
    public func alsoSuperseded(_ names: [EditName]) -> [EditName] {
        var all = Set(names)
        var open = names
        while let name = open.popLast() {
            guard let change = overlay[name.change], name.index < UInt32(change.edits.count) else { continue }
            for further in change.edits[Int(name.index)].supersedes where all.insert(further).inserted { open.append(further) }
        }
        return all.count == names.count ? names : all.sorted()
    }

    /// `edit` with everything that it must name: what it replaces and, for a deletion, what it witnesses, each with what own changes
    /// among them supersede that the log does not apply. A deletion over one's own refused edit would otherwise leave the head that
    /// the edit had replaced unwitnessed, and the record would stay, in conflict, at everybody but its author.
    public func whole(_ edit: Edit) -> Edit {
        let supersedes = alsoSuperseded(edit.supersedes), witnessed = alsoSuperseded(edit.witnessed)
        if supersedes.count == edit.supersedes.count, witnessed.count == edit.witnessed.count { return edit }
        return Edit(record: edit.record, type: edit.type, target: edit.target, content: edit.content, supersedes: supersedes, witnessed: witnessed)
    }
}
