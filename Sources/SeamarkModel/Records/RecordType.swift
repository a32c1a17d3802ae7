/// A declared type of record. The catalogue holds one of each; adding a field is one line there.
public final class RecordType: Sendable {
    /// In which scope its records live.
    public enum Home: Sendable {
        /// The tenant's `shared` scope: the directory and the instruments, written by headquarters.
        case shared
        /// The scope of one engagement.
        case engagement
        /// The `published` scope of one engagement, written by headquarters and read by client viewers.
        case published
    }

    public let number: RecordTypeNumber
    public let key: String
    public let label: String
    public let home: Home
    /// The letters that its handles begin with, such as `L` in `L7` and `L-B014`; nil where a record is named by its parts.
    public let handlePrefix: String?
    /// The field that refers to the interview whose finalising closes the author's fields.
    public let interviewField: UInt32?
    /// Ascending by number, with the common fields first.
    public let fields: [FieldDefinition]

    /// Place in `fields` by number; -1 where there is none.
    private let places: [Int16]
    private let placesByKey: [String: Int]

    init(
        _ number: RecordTypeNumber, _ key: String, _ label: String, home: Home = .engagement, handles prefix: String? = nil,
        interviewField: UInt32? = nil, _ own: [FieldDefinition]
    ) {
        self.number = number
        self.key = key
        self.label = label
        self.home = home
        handlePrefix = prefix
        self.interviewField = interviewField
        let common = CommonField.all(handle: prefix != nil, mergingInto: number)
        fields = common + own
        precondition(zip(fields, fields.dropFirst()).allSatisfy { $0.number < $1.number }, "fields ascend by number")
        var places = [Int16](repeating: -1, count: Int(fields.last?.number ?? 0) + 1)
        var placesByKey: [String: Int] = [:]
        for (place, field) in fields.enumerated() {
            places[Int(field.number)] = Int16(place)
            precondition(placesByKey.updateValue(place, forKey: field.key) == nil, "keys occur once")
        }
        self.places = places
        self.placesByKey = placesByKey
    }

    /// The keys that people write, for messages: without what a program writes itself.
    public var writtenKeys: [String] {
        fields.filter { ![CommonField.createdAt, CommonField.mergedInto, CommonField.mergeSaw].contains($0.number) }.map(\.key)
    }

    /// Nil for a number that only a newer version knows.
    public func field(_ number: UInt32) -> FieldDefinition? {
        guard number < UInt32(places.count), places[Int(number)] >= 0 else { return nil }
        return fields[Int(places[Int(number)])]
    }

    public func field(key: String) -> FieldDefinition? { placesByKey[key].map { fields[$0] } }
}

/// The fields that every record has, by number.
public enum CommonField {
    /// A short code for people, such as `L1` or `L-B014`.
    public static let handle: UInt32 = 1
    /// When its author made it: milliseconds since 1970 by the device's clock. Its head names the record's author.
    public static let createdAt: UInt32 = 2
    /// The twin that this record was found to be.
    public static let mergedInto: UInt32 = 3

    /// What whoever merged it had seen of it (`MergeWitness`).
    public static let mergeSaw: UInt32 = 4

    static func all(handle hasHandle: Bool, mergingInto type: RecordTypeNumber) -> [FieldDefinition] {
        (hasHandle ? [FieldDefinition(handle, "handle", .code, .once, required: true)] : []) + [
            FieldDefinition(createdAt, "createdAt", .time, .once, label: "creation time", required: true),
            FieldDefinition(mergedInto, "mergedInto", .reference([type]), .contested),
            FieldDefinition(mergeSaw, "mergeSaw", .bytes(16), .register, label: "what was seen when it was merged"),
        ]
    }
}
