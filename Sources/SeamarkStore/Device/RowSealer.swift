internal import SeamarkCrypto
internal import SeamarkJournal

/// Seals rows to their place in one store.
///
/// The store's key seals every row, bound to the store and the row's number, so that a row is refused anywhere else. What
/// belongs to a scope is sealed under the scope's key first: destroying that key destroys it, and yet nobody without the
/// store's key can tell which rows belong together. Lengths are padded, so that they tell little.
struct RowSealer {
    let store: Identifier
    let key: SealingKey

    func seal(_ content: [UInt8], at number: Int64, of scope: (id: Identifier, key: SealingKey)?) throws(SealError) -> [UInt8] {
        var writer = ByteWriter(capacity: content.count + 256)
        if let scope {
            writer.byte(1)
            writer.identifier(scope.id)
            writer.blob(try scope.key.seal(content, authenticating: place(number, of: scope.id)))
        } else {
            writer.byte(0)
            writer.blob(content)
        }
        let padding = Self.padded(writer.count) - writer.count
        writer.raw([UInt8](repeating: 0, count: padding))
        return try key.seal(writer.bytes, authenticating: place(number, of: nil))
    }

    /// The content, and the scope under whose key it was. Throws when the row is not authentic in this place.
    func open(
        _ sealed: [UInt8], at number: Int64, keyOf: (Identifier) -> SealingKey?
    ) throws -> (content: [UInt8], scope: Identifier?) {
        var reader = ByteReader(try key.open(sealed, authenticating: place(number, of: nil)))
        switch try reader.byte() {
        case 0: return (try reader.blob(), nil)
        case 1:
            let scope = try reader.identifier()
            guard let key = keyOf(scope) else { throw DecodeError(.badReference, reading: "scope of a row") }
            return (try key.open(reader.blob(), authenticating: place(number, of: scope)), scope)
        case _: throw DeviceStoreError.newerVersion
        }
    }

    private func place(_ number: Int64, of scope: Identifier?) -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        writer.text(scope == nil ? "seamark-device-row-1" : "seamark-device-scope-row-1")
        writer.identifier(store)
        if let scope { writer.identifier(scope) }
        writer.fixed64(UInt64(bitPattern: number))
        return writer.bytes
    }

    /// Multiples of 256 bytes up to 4 KiB, beyond that of an eighth of the power of two below: 12.5 % at most is lost.
    static func padded(_ count: Int) -> Int {
        guard count > 4096 else { return max(256, (count + 255) / 256 * 256) }
        let step = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount - 3)
        return (count + step - 1) / step * step
    }
}
