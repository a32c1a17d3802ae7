/// One field of a record type. Its number and key are stable for ever; a field that is given up keeps its number.
/// A class, so that handing one on costs one retain and not one for each thing it holds.
public final class FieldDefinition: Sendable {
    public let number: UInt32
    /// camelCase; the same in JSON, on the command line and in reports.
    public let key: String
    /// What one element holds, for a set; else what the field holds.
    public let kind: FieldKind
    public let merge: MergeClass
    /// Names, narrative and quotes travel beside the block and can be redacted or withheld.
    public let isSensitive: Bool
    /// Must be given when the record is made, and is never cleared.
    public let isRequired: Bool
    /// A time of what happened: it never lies in the future (`FutureTimes`).
    public let isPast: Bool
    /// Written by headquarters only; of a set, element by element.
    public let isHeadquarters: Bool
    /// In words, for messages.
    public let label: String
    /// `,"key":`, as it stands in documents.
    let documentName: [UInt8]

    public init(
        _ number: UInt32, _ key: String, _ kind: FieldKind, _ merge: MergeClass, label: String? = nil,
        sensitive: Bool = false, required: Bool = false, past: Bool = false, headquarters: Bool = false
    ) {
        self.number = number
        self.key = key
        self.kind = kind
        self.merge = merge
        isSensitive = sensitive
        isRequired = required
        isPast = past
        if case .headquarters = merge { isHeadquarters = true } else { isHeadquarters = headquarters }
        self.label = label ?? FieldDefinition.words(of: key)
        documentName = Array(",\"\(key)\":".utf8)
    }

    /// A set of elements, rather than one value.
    public var isSet: Bool { if case .set = merge { true } else { false } }

    /// `costPerFailure` becomes "cost per failure".
    static func words(of key: String) -> String {
        var words = ""
        for character in key {
            if character.isUppercase, !words.isEmpty { words += " " + character.lowercased() } else { words.append(character) }
        }
        return words
    }
}
