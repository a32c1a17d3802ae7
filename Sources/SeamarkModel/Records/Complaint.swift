public import SeamarkJournal

/// Why a change may not be: which record and field, which rule, what to do. Holds no value and no part of one, so that it
/// may be logged and sent; a device may show its own user the value beside it.
public struct Complaint: Error, Hashable, Sendable {
    public let refusal: Refusal
    /// The place of the edit in its change.
    public let edit: Int
    public let record: Identifier
    public let type: RecordTypeNumber
    /// Nil where it is about the whole record.
    public let field: UInt32?
    /// What is wrong inside the field's value; nil where it is about authority.
    public let fault: FieldFault?
    /// What was wrong and what to do, as one sentence that follows the name of the field.
    public let words: String

    /// "leakage line: amount, likely must not fall …"
    public var description: String {
        let type = Catalogue.type(type)
        let name = field.map { type?.field($0)?.label ?? "field \($0)" }
        let path = (fault?.path ?? []).joined(separator: ", ")
        return (type?.label ?? "record of type \(self.type)") + ": " + (name ?? "it") + (path.isEmpty ? "" : " (\(path))") + " " + words
    }

    /// The key of the field, or its number as text.
    public var key: String? { field.map { Catalogue.type(type)?.field($0)?.key ?? String($0) } }
}
