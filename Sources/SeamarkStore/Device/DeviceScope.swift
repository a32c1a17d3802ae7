public import SeamarkJournal

/// A scope that this device follows.
public struct DeviceScope: Hashable, Sendable, Identifiable {
    public enum Kind: UInt8, Hashable, Sendable {
        case engagement = 1
        case published = 2
        case shared = 3
    }

    public let id: Identifier
    public var kind: Kind
    /// What the member calls it (the engagement's name).
    public var name: String
    /// The member was removed from it: nothing of it is shown any more, but what the server lacks is still handed in
    /// before the scope is left.
    public var isWithdrawn: Bool

    public init(id: Identifier, kind: Kind, name: String, isWithdrawn: Bool = false) {
        self.id = id
        self.kind = kind
        self.name = name
        self.isWithdrawn = isWithdrawn
    }

    func write(to writer: inout ByteWriter) {
        writer.identifier(id)
        writer.byte(kind.rawValue)
        writer.text(name)
        writer.byte(isWithdrawn ? 1 : 0)
    }

    static func read(from reader: inout ByteReader) throws -> DeviceScope {
        let id = try reader.identifier()
        guard let kind = Kind(rawValue: try reader.byte()) else { throw DeviceStoreError.newerVersion }
        return DeviceScope(id: id, kind: kind, name: try reader.text(atMost: 4096), isWithdrawn: try reader.byte() != 0)
    }
}
