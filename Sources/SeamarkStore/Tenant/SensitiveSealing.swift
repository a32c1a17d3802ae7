internal import SeamarkCrypto
internal import SeamarkJournal

/// Sensitive bytes as they lie in the file: sealed under the tenant's key, and bound to the block or leaf that they belong to,
/// so that no row can stand in another's place.
enum SensitiveSealing {
    static func seal(_ bytes: [UInt8], under hash: Hash256, _ tools: TenantTools) throws(StoreError) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        do {
            return try tools.sealing.seal(bytes, authenticating: hash.bytes)
        } catch {
            throw StoreError(.failed, doing: "sealing sensitive values", detail: error.description)
        }
    }

    static func open(_ sealed: [UInt8], under hash: Hash256, _ tools: TenantTools) throws(StoreError) -> [UInt8] {
        guard !sealed.isEmpty else { return [] }
        do {
            return try tools.sealing.open(sealed, authenticating: hash.bytes)
        } catch {
            throw StoreError(.damaged, doing: "opening sensitive values", detail: error.description)
        }
    }

    static func seal(_ value: SensitiveValue, leaf: Hash256, _ tools: TenantTools) throws(StoreError) -> [UInt8] {
        var writer = ByteWriter()
        writer.identifier(value.salt)
        value.value.write(to: &writer)
        return try seal(writer.bytes, under: leaf, tools)
    }

    static func openValue(_ sealed: [UInt8], leaf: Hash256, _ tools: TenantTools) throws(StoreError) -> SensitiveValue {
        var reader = ByteReader(try open(sealed, under: leaf, tools))
        do {
            let value = SensitiveValue(salt: try reader.identifier(), value: try Value.read(from: &reader))
            try reader.finish()
            return value
        } catch {
            throw StoreError(.damaged, doing: "opening sensitive values", detail: "not what was written; verify the store")
        }
    }
}
