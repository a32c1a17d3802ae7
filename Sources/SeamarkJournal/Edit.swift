/// Names one edit: the change that holds it and its place there. It never alters, whatever stream carries the change.
public struct EditName: Hashable, Comparable, Sendable {
    public let change: Identifier
    public let index: UInt32

    public init(change: Identifier, index: UInt32) {
        self.change = change
        self.index = index
    }

    /// A name's encoding takes at least so many bytes: the id, and an index.
    static let leastSize = 17

    public static func < (left: EditName, right: EditName) -> Bool {
        left.change != right.change ? left.change < right.change : left.index < right.index
    }
}

/// What of a record an edit touches: the unit of which heads are kept.
public enum Target: Hashable, Comparable, Sendable {
    /// Whether the record is there: present, or deleted.
    case life
    /// A field by its stable number (at least 1).
    case field(UInt32)
    /// One element of a set field: present or absent.
    case element(UInt32, Value)

    /// The field's number; nil for `life`.
    public var number: UInt32? {
        switch self {
        case .life: nil
        case .field(let number), .element(let number, _): number
        }
    }

    /// By number, then fields before elements, then the element's canonical bytes; `life` first.
    public static func < (left: Target, right: Target) -> Bool {
        switch (left, right) {
        case (.element(let a, let x), .element(let b, let y)) where a == b: x.encoded.lexicographicallyPrecedes(y.encoded)
        case _: left.code < right.code
        }
    }

    /// Life and elements of sets are there or not: their content is a bool in the open.
    var hasBoolean: Bool {
        switch self {
        case .life, .element: true
        case .field: false
        }
    }

    /// How the target is written: 0 for life, 2n for a field, 2n + 1 for an element of a set.
    var code: UInt64 {
        switch self {
        case .life: 0
        case .field(let number): UInt64(number) * 2
        case .element(let number, _): UInt64(number) * 2 + 1
        }
    }
}

/// The value of an edit, or, where it is sensitive, the value with its salt or only the hash that stands for it.
public enum Content: Hashable, Sendable {
    case open(Value)
    /// A name, narrative or quote: travels beside its block, which commits to it.
    case sensitive(SensitiveValue)
    /// A sensitive value that was redacted, or that this reader may not see.
    case withheld(leaf: Hash256)

    /// Nil when withheld.
    public var value: Value? {
        switch self {
        case .open(let value): value
        case .sensitive(let sensitive): sensitive.value
        case .withheld: nil
        }
    }
}

/// A sensitive value and the sixteen random bytes that keep its hash from being guessed.
public struct SensitiveValue: Hashable, Sendable {
    public let salt: Identifier
    public let value: Value

    public init(salt: Identifier, value: Value) {
        self.salt = salt
        self.value = value
    }
}

/// One field of one record set, one set element made present or absent, or the record's life set.
public struct Edit: Hashable, Sendable {
    public let record: Identifier
    /// The record's type by its stable number.
    public let type: UInt32
    public let target: Target
    public let content: Content
    /// The edits that its author saw there and replaces; strictly ascending.
    public let supersedes: [EditName]
    /// For `life` alone: the heads of the record's fields that its author saw when deleting; strictly ascending.
    public let witnessed: [EditName]

    public init(
        record: Identifier, type: UInt32, target: Target, content: Content,
        supersedes: [EditName] = [], witnessed: [EditName] = []
    ) {
        self.record = record
        self.type = type
        self.target = target
        self.content = content
        self.supersedes = supersedes.count < 2 ? supersedes : supersedes.sorted()
        self.witnessed = witnessed.count < 2 ? witnessed : witnessed.sorted()
    }

    /// The same edit, naming `names` as what it replaces.
    public func superseding(_ names: [EditName]) -> Edit {
        Edit(record: record, type: type, target: target, content: content, supersedes: names, witnessed: witnessed)
    }
}
