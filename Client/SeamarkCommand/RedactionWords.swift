import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// What stands in the place of a value that is not there.
struct RedactionWords {
    private let finder: RecordFinder

    init(_ finder: RecordFinder) { self.finder = finder }

    /// "(redacted on 2026-03-02 10:15 by Lea Lead: named a customer)"; "(withheld)" where this reader may not see what is there.
    func words(_ content: Content) -> String { finder.redactions.act(on: content).map(words) ?? "(withheld)" }

    func words(_ record: RecordView, _ field: FieldDefinition) -> String {
        finder.redactions.act(on: field, of: record).map(words) ?? "(withheld)"
    }

    private func words(_ act: Redactions.Act) -> String {
        "(redacted on \(TimeText.local(act.time)) by \(author(act)): \(act.reason))"
    }

    private func author(_ act: Redactions.Act) -> String {
        finder.directory.contains { $0.id == act.member } ? finder.person(act.member) : "headquarters"
    }

    /// Each redacted field of the record, for programs.
    func json(_ record: RecordView) -> JSONValue {
        .array((record.type?.fields ?? []).compactMap { field in
            finder.redactions.act(on: field, of: record).map { act in
                .object([
                    JSONMember("field", .string(field.key)), JSONMember("time", .string(CalendarDate.text(milliseconds: act.time))),
                    JSONMember("by", .string(author(act))), JSONMember("reason", .string(act.reason)),
                ])
            }
        })
    }
}
