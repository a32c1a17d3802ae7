/// What `--json` writes: each has a page of its own in `Documentation/Schema`, and its name stands in the document.
///
/// A number rises when a member goes or means something else; a new member is no new version.
enum JSONSchema: String, CaseIterable {
    case status, doctor, use, enrolment, invitation, list, counts, record, search, log, differences, check, signals, conflict, duplicates
    case capture, undoing, imported, verification, sync, forecast, watch, wipe, salvage
    case quickChecks = "quick-checks"
    case conflictSummary = "conflict-summary"
    case attachment, attached, fetched, evicted
    case snapshot, trace, publication
    case snapshotCheck = "snapshot-check"
    case snapshotComparison = "snapshot-comparison"
    case bundle
    case bundleReply = "bundle-reply"
    case form
    case formAdded = "form-added"
    case formRefusal = "form-refusal"
    case fileVerification = "file-verification"
    case formAnswers = "form-answers"
    case formCarried = "form-carried"
    case formStatus = "form-status"
    case interviewCarried = "interview-carried"

    /// Their times are ISO 8601 in the second version; they were milliseconds.
    private static let second: Set<JSONSchema> = [.watch, .wipe]

    var version: Int { Self.second.contains(self) ? 2 : 1 }
    /// `seamark.status/1`.
    var name: String { "seamark.\(rawValue)/\(version)" }
}
