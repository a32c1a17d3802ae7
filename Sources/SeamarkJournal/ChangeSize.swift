/// How much of what one change may hold some edits take, whoever makes it and whenever.
///
/// A change must be able to travel alone in a block, with its sensitive values beside it and even if nothing deflates. What is
/// within these bounds is opened by every reader; what is beyond them by none, so an author asks before a change is made.
public struct ChangeSize: Sendable {
    public private(set) var edits = 0
    /// The canonical encoding of SPEC section 2, its first fields counted at their longest: purpose, scope, stamp, member, schema, count.
    private var encoded = 17 + 16 + 16 + 10 + 16 + 5 + 2
    /// An upper bound of what a block and the values beside it take: the room for the block's own fields, then the edits.
    private var travelling = 1024 + 32

    public init(_ edits: some Sequence<Edit> = []) {
        for edit in edits { add(edit) }
    }

    public mutating func add(_ edit: Edit) {
        edits += 1
        encoded += edit.encodedSize
        travelling += edit.greatestSize
    }

    /// Do the edits take at most one of so many equal `parts` of each bound?
    public func fits(oneOf parts: Int = 1) -> Bool {
        edits <= Change.mostEdits / parts && encoded <= Change.longest / parts && travelling <= Block.fullest / parts
    }
}

extension Change {
    /// May these edits be one change? Otherwise no block could carry it.
    public static func fitsABlock(_ edits: some Sequence<Edit>) -> Bool { ChangeSize(edits).fits() }
}

extension Edit {
    /// The bytes that the edit takes in the canonical encoding of its change; a sensitive value counts as its leaf.
    fileprivate var encodedSize: Int {
        var writer = ByteWriter(capacity: 64)
        writer.varint(UInt64(type))
        writer.varint(target.code)
        if case .element(_, let element) = target { element.write(to: &writer) }
        switch content {
        case .open(let value): value.write(to: &writer)
        case .sensitive, .withheld:
            writer.byte(Value.sensitiveTag)
            writer.hash(.zero)
        }
        Change.write(supersedes, to: &writer)
        if case .life = target { Change.write(witnessed, to: &writer) }
        return 16 + writer.count
    }
}
